"""The container's health check asks the server, wherever it listens; a function has none to ask."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from handler.container import health
from tests.local_server import Server

SERVE = ["python3", "-P", "-m", "handler.commands", "serve"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)


def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *arguments: str) -> int:
    """The check's exit status, in a container whose first process has these arguments."""
    path = tmp_path / "cmdline"
    path.write_bytes(b"".join(one.encode() + b"\0" for one in arguments))
    monkeypatch.setattr(health, "FIRST_PROCESS", path)
    return health.main()


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "127.0.0.1"])
def test_a_server_that_answers_is_healthy(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str
) -> None:
    monkeypatch.setenv("PORT", str(server.port))
    monkeypatch.setenv("HOST", host)
    assert run(monkeypatch, tmp_path, *SERVE) == 0


@pytest.mark.parametrize("form", ["--port={}", "--port {}"])
def test_the_port_may_be_an_option(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
) -> None:
    monkeypatch.setenv("PORT", "1")
    options = form.format(server.port).split()
    init = ["/sbin/docker-init", "--", "/entrypoint.sh", "serve"]
    assert run(monkeypatch, tmp_path, *init, *options) == 0


def test_a_server_that_does_not_answer_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, tmp_path, *SERVE, "--port", "1") == 1
    assert capsys.readouterr().err.startswith("The server at localhost:1 does not answer: ")


def test_what_answers_otherwise_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1_000)
                connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        port = listener.getsockname()[1]
        assert run(monkeypatch, tmp_path, *SERVE, "--port", str(port)) == 1
    said = f"The server at localhost:{port} answers with HTTP/1.1 503 Service Unavailable.\n"
    assert capsys.readouterr().err == said


def test_a_function_is_healthy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    emulator = ["/usr/local/bin/aws-lambda-rie", "/var/runtime/bootstrap"]
    assert run(monkeypatch, tmp_path, *emulator) == 0

"""`minilm serve`: a clear sentence for a wrong setting, and a quiet end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import httpx
import pytest

from handler.commands.serve import main
from tests.local_server import Server
from tests.paths import ROOT

SERVE = [sys.executable, "-m", "handler.commands", "serve"]


def serve(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with settings that it refuses."""
    environment = {**os.environ, **environment}
    return subprocess.run(
        SERVE, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )


def test_an_occupied_port_is_named(server: Server) -> None:
    done = serve(PORT=str(server.port))
    assert done.returncode == 1
    assert done.stderr == (
        f"Cannot listen on 127.0.0.1:{server.port}: address already in use. "
        "PORT=… takes another port.\n"
    )


@pytest.mark.parametrize("port", ["http", "-1", "65536", "٣", "9" * 5_000])
def test_an_invalid_port_is_named(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", port)
    assert main([]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"PORT is '{port}'; it can be")
    assert len(said.splitlines()) == 1


def test_an_unknown_host_is_named() -> None:
    done = serve(HOST="no.such.host.invalid", PORT="0")
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot listen on no.such.host.invalid:0: ")
    assert len(done.stderr.splitlines()) == 1


def test_an_invalid_setting_is_named() -> None:
    done = serve(PORT="0", ENCODER_THREADS="many")
    assert done.returncode == 1
    assert done.stderr == "ENCODER_THREADS is 'many'; it can be a whole number from 1 to 64.\n"


def test_an_interrupt_ends_the_server_quietly() -> None:
    environment = {**os.environ, "PORT": "0"}
    with subprocess.Popen(
        SERVE, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline().decode()
            port = line.partition("localhost:")[2].partition("/")[0]
            for host in ("127.0.0.1", "[::1]"):
                assert httpx.get(f"http://{host}:{port}/health").status_code == 200
            for name in ("10.0.0.1", "a.example"):  # reached by another name
                refused = httpx.get(f"http://127.0.0.1:{port}/v1/models", headers={"host": name})
                assert refused.json()["error"]["code"] == "host_not_allowed"
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert b'"status":403' in err

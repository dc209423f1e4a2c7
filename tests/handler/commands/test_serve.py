"""`make` on a machine that is not as it should be: one clear sentence, no traceback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from handler.commands.serve import listen
from tests.conftest import ROOT, Server


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "MAKEFLAGS": "", "MAKELEVEL": "", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without an environment: all that `make` needs to begin."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def test_an_occupied_port_is_named(server: Server) -> None:
    done = run(sys.executable, "-m", "handler.commands.serve", PORT=str(server.port))
    assert done.returncode == 1
    assert done.stderr == (
        f"Cannot listen on 127.0.0.1:{server.port}: address already in use. "
        "PORT=… takes another port.\n"
    )


@pytest.mark.parametrize("port", ["http", "-1", "65536"])
def test_a_port_that_is_none_is_named(port: str) -> None:
    done = run(sys.executable, "-m", "handler.commands.serve", PORT=port)
    assert done.returncode == 1
    assert done.stderr.startswith(f"PORT is '{port}'; it can be")
    assert len(done.stderr.splitlines()) == 1


def test_a_host_that_is_none_is_named() -> None:
    done = run(
        sys.executable, "-m", "handler.commands.serve", HOST="no.such.host.invalid", PORT="0"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Cannot listen on no.such.host.invalid:0: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_bad_setting_is_named() -> None:
    done = run(sys.executable, "-m", "handler.commands.serve", PORT="0", ENCODER_THREADS="many")
    assert done.returncode == 1
    assert done.stderr == "ENCODER_THREADS is 'many'; it can be a whole number from 1 to 64.\n"


def test_an_interrupt_ends_it_quietly() -> None:
    command = [sys.executable, "-m", "handler.commands.serve"]
    environment = {**os.environ, "PORT": "0"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline().decode()
            port = line.partition("127.0.0.1:")[2].partition("/")[0]
            assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert b"Traceback" not in err


def test_an_older_python_is_named(checkout: Path) -> None:
    old = checkout / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")  # "is the version at least 3.11?" "no"
    old.chmod(0o755)
    done = run("make", "serve", f"PYTHON={old}", cwd=checkout)
    assert done.returncode != 0
    assert f"{old} is not Python 3.11 or newer." in done.stderr
    done = run("make", "serve", "PYTHON=", cwd=checkout)
    assert "Python 3.11 or newer is needed; none was found." in done.stderr


def test_an_index_that_cannot_be_reached_is_told_in_a_sentence(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/simple"
    done = run(
        "make", "serve", f"PYTHON={sys.executable}",
        cwd=checkout, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=address, PIP_NO_CACHE_DIR="1",
    )  # fmt: skip
    assert done.returncode != 0
    assert "check the network or set PIP_INDEX_URL to a mirror" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) < 6
    assert not (checkout / ".venv" / "serve").exists()


@pytest.mark.parametrize("target", ["image", "sam-local"])
def test_a_docker_that_does_not_answer_is_told_in_a_sentence(target: str) -> None:
    done = run("make", target, DOCKER_HOST="unix:///nowhere")
    assert done.returncode != 0
    assert done.stderr.startswith("Docker does not answer. Start it, or install it")


def test_without_docker_its_tests_are_skipped_but_not_in_ci() -> None:
    done = run("make", "test-sam", DOCKER_HOST="unix:///nowhere", CI="")
    assert done.returncode == 0
    assert done.stdout.startswith("Skipped: Docker does not answer.")
    done = run("make", "test-sam", DOCKER_HOST="unix:///nowhere", CI="true")
    assert done.returncode != 0
    assert "CI=true asks for its tests" in done.stderr


def test_an_architecture_that_lambda_does_not_have_is_named() -> None:
    done = run("make", "image", "ARCH=riscv64", "-o", "docker")
    assert done.returncode != 0
    assert done.stderr.startswith("ARCH is 'riscv64'; it can be amd64 or arm64.")


def test_a_kept_connection_does_not_wait_for_confirmations() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

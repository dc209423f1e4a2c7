"""The image, built by `sam build`, and the `sam local` servers: real Docker, real runtime client.

Run by `make test-sam`. The first tests build the image; all others use it.
"""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SAM = ROOT / ".venv-sam" / "bin" / "sam"
ENVIRONMENT = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
ARM = platform.machine() in ("arm64", "aarch64")
# The machine's own: the other one would be emulated.
ARCHITECTURE = ["--parameter-overrides", f"Architecture={'arm64' if ARM else 'x86_64'}"]
IMAGE = "apifunction:latest"  # how `sam build` names it: function, DockerTag


def sam(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a `sam` command on the project, with its template as it stands."""
    command = [str(SAM), *arguments]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)


@pytest.fixture(scope="session")
def built() -> None:
    """The image is built, and the template that names it is in `.aws-sam/build`."""
    done = sam("build", *ARCHITECTURE)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]


@contextlib.contextmanager
def sam_local(command: str) -> Iterator[int]:
    """`sam local <command>` with warm containers, on the port that is given."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryFile("w+") as log:
        options = ["--port", str(port), "--warm-containers", "LAZY", *ARCHITECTURE]
        process = subprocess.Popen(
            [SAM, "local", command, *options], cwd=ROOT, env=ENVIRONMENT, stdout=log, stderr=log
        )
        try:
            _wait(port, process, log)
            yield port
        finally:
            process.terminate()  # and not SIGINT, which it may have been told to ignore
            process.wait(timeout=60)


def _wait(port: int, process: subprocess.Popen[bytes], log: object) -> None:
    # For the port and not with a request, which would already start a container.
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    log.seek(0)  # type: ignore[attr-defined]
    pytest.fail(f"sam local did not start: {log.read()}")  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def base_url(built: None) -> Iterator[str]:
    """Where `sam local start-api` serves, as OpenAI clients take it."""
    with sam_local("start-api") as port:
        yield f"http://127.0.0.1:{port}/v1"


@pytest.fixture(scope="session")
def lambda_url(built: None) -> Iterator[str]:
    """Where `sam local start-lambda` serves, as boto3 takes it."""
    with sam_local("start-lambda") as port:
        yield f"http://127.0.0.1:{port}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("sam")

"""AWS for `sam local`: moto's server on this machine, which containers can reach, too."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tests.sam.commands import IMAGE, docker

RESOLVE = "import socket; print(socket.gethostbyname('this-machine'))"
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass(frozen=True)
class Aws:
    """Where moto answers."""

    url: str  # for this process
    container_url: str  # for containers


@contextlib.contextmanager
def start_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """Serve moto, and point this process's boto3 at it."""
    address = host_address()
    # On Linux, it is an address of this machine that only containers can reach. Docker Desktop
    # forwards it to 127.0.0.1.
    listening = address if _is_of_this_machine(address) else "127.0.0.1"
    server = ThreadedMotoServer(listening, 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    aws = Aws(url=f"http://{host}:{port}", container_url=f"http://{address}:{port}")
    for name, value in {**SETTINGS, "AWS_ENDPOINT_URL": aws.url}.items():
        monkeypatch.setenv(name, value)
    try:
        yield aws
    finally:
        server.stop()


def host_address() -> str:
    """The address at which containers reach this machine, as a container resolves it.

    Docker knows it as `host-gateway`, on Linux and in Docker Desktop. `docker network inspect`
    does not always list it. It must be a number: S3 clients put the bucket before a name.
    """
    host = ["--add-host", "this-machine:host-gateway"]
    return docker("run", "--rm", *host, "--entrypoint", "python3", IMAGE, "-c", RESOLVE).strip()


def _is_of_this_machine(address: str) -> bool:
    try:
        with socket.create_server((address, 0)):
            return True
    except OSError:
        return False

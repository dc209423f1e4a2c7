"""The image, built by `sam build`, and the `sam local` servers: real Docker, real runtime client.

`make test-sam` runs these tests. The first one that needs the image builds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sam.commands import IMAGE, build, docker
from tests.sam.emulators import sam_local
from tests.sam.moto_server import Aws, start_aws


@pytest.fixture(scope="session")
def built() -> None:
    """The image is built, and the template that names it is in `.aws-sam/build`."""
    build()


@pytest.fixture(scope="module")
def container(built: None) -> Iterator[str]:
    """A running container of the image, restricted as on Lambda, and with no network at all."""
    limits = ["--read-only", "--tmpfs", "/tmp", "--network", "none", "--user", "993:990"]
    name = docker("run", "--detach", *limits, "--memory", "1024m", IMAGE).strip()
    yield name
    docker("rm", "--force", name)


@pytest.fixture
def run_python(container: str) -> Callable[..., str]:
    """Runs a Python program in the container, with optional input and environment variables."""

    def run(program: str, *, stdin: str = "", **variables: str) -> str:
        environment = [part for name, one in variables.items() for part in ("-e", f"{name}={one}")]
        command = ["exec", "-i", *environment, container, "python3", "-c", program]
        return docker(*command, stdin=stdin)

    return run


@pytest.fixture
def aws(built: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """AWS, as moto has it, for this process and for the containers."""
    with start_aws(monkeypatch) as aws:
        yield aws


@pytest.fixture(scope="session")
def base_url(built: None) -> Iterator[str]:
    """The base URL of `sam local start-api` for OpenAI clients."""
    with sam_local("start-api") as port:
        yield f"http://127.0.0.1:{port}/v1"


@pytest.fixture(scope="session")
def lambda_url(built: None) -> Iterator[str]:
    """The endpoint URL of `sam local start-lambda` for boto3."""
    with sam_local("start-lambda") as port:
        yield f"http://127.0.0.1:{port}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("sam")

"""A function's container, started as Lambda starts it: with the CPU share and the memory of its
size, as an unprivileged user, with only /tmp writable. Does not invoke the function.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cold_start.report import EMPTY, OURS, TUNED
from benchmarks.cold_start.runtime_api import RuntimeApi
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.reference import REFERENCE
from handler.settings import MEMORY_PER_CPU

FUNCTIONS = ROOT / "benchmarks" / "functions"
HELLO = "minilm-lambda-bench-hello:latest"
INIT_TIMEOUT = 120  # seconds; Lambda itself gives up after 10, and starts over

# The container's first act is to note the time, with a builtin of its shell. Its process starts
# too early for that: runc makes it some 50 ms before it lets it go.
NOTE_THE_TIME = 'echo "$EPOCHREALTIME"; exec "$@"'


class FunctionDied(Exception):
    """The container ended before the function asked for work."""


@dataclass(frozen=True)
class Function:
    """An image, and how its container differs from what the image says."""

    name: str
    image: str
    command: tuple[str, ...]
    arguments: tuple[str, ...] = ()  # for `docker run`


@dataclass(frozen=True)
class Container:
    """A running container; its figures are those of its one process."""

    name: str
    pid: int

    def started(self) -> float:
        """The time that the container noted, in seconds since 1970."""
        return float(docker("logs", self.name).split()[0])

    def cpu_ms(self) -> float:
        """CPU time of all threads, the kernel's share included; accurate to some 10 ms."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000

    def read_mb(self) -> float | None:
        """Read from the disk rather than the page cache; only root can ask."""
        if os.geteuid():
            return None
        lines = Path(f"/proc/{self.pid}/io").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("read_bytes")).split()[1]) / 2**20

    def wait(self, api: RuntimeApi) -> float:
        """The time of the function's first question for work. Raises FunctionDied."""
        for _ in range(INIT_TIMEOUT):
            try:
                return api.asked.get(timeout=1)
            except queue.Empty:
                state = inspect(self.name)["State"]
                if state["OOMKilled"]:
                    raise FunctionDied("out of memory") from None
                if not state["Running"]:
                    log = docker("logs", self.name, stderr=subprocess.STDOUT)
                    raise FunctionDied(log) from None
        raise FunctionDied(f"was not ready after {INIT_TIMEOUT} s")


@contextmanager
def container(function: Function, memory: int, api: RuntimeApi) -> Iterator[Container]:
    """A function whose runtime asks `api` for work; removed in the end."""
    cpus = min(memory / MEMORY_PER_CPU, os.cpu_count() or 1)
    environment = {
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_REGION": "us-east-1",
    }
    name = docker(
        *("run", "--detach", "--network=host"),  # to reach the loopback of this machine
        *(f"--cpus={cpus:.3f}", f"--memory={memory}m", f"--memory-swap={memory}m"),
        *("--read-only", "--tmpfs=/tmp", "--user=993:990"),
        *(f"--env={key}={value}" for key, value in environment.items()),
        *function.arguments,
        *("--entrypoint=/bin/bash", function.image, "-c", NOTE_THE_TIME, "bash"),
        *function.command,
    ).strip()
    try:
        yield Container(name, inspect(name)["State"]["Pid"])
    finally:
        docker("rm", "--force", name)


def functions(image: str) -> list[Function]:
    """The functions to compare. Builds the missing images."""
    if not docker("images", "--quiet", image):
        print(f"Building {image} (once; some minutes).")
        docker("build", "--tag", image, str(ROOT))
    # Cached unless something changed.
    docker("build", "--tag", HELLO, f"--build-arg=OURS={image}", str(FUNCTIONS / "hello"))
    return [
        Function(OURS, image, command_of(image)),
        Function(EMPTY, HELLO, command_of(HELLO)),
        Function(TUNED, HELLO, (*command_of(HELLO)[:-1], "tuned.lambda_handler")),
        sentence_transformers(),
    ]


def sentence_transformers() -> Function:
    """In the empty function's image, with the interpreter and the packages of this environment.

    It has no image of its own: for some Pythons the package index has torch only as a CUDA build of
    gigabytes. This environment has the build that the peers benchmark measures.
    """
    # Under /opt, since an unprivileged user may not reach the folders they come from.
    folders = {
        FUNCTIONS / "sentence_transformers": "/var/task",
        sys.base_prefix: "/opt/python",
        sysconfig.get_path("purelib"): "/opt/packages",
    }
    python = f"/opt/python/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    return Function(
        REFERENCE,
        HELLO,
        command=(python, "-m", "awslambdaric", "app.lambda_handler"),
        arguments=(
            *(f"--volume={source}:{target}:ro" for source, target in folders.items()),
            *("--env=PYTHONPATH=/opt/packages", "--env=LD_LIBRARY_PATH=/opt/python/lib"),
            *("--env=HF_HUB_OFFLINE=1", "--env=HOME=/tmp"),
        ),
    )


def command_of(image: str) -> tuple[str, ...]:
    config = inspect(image)["Config"]
    return (*config["Entrypoint"], *config["Cmd"])


def inspect(name: str) -> Any:
    return json.loads(docker("inspect", name))[0]


def docker(*arguments: str, stderr: int = subprocess.PIPE) -> str:
    """What the command prints. Raises CalledProcessError, which has Docker's own message."""
    done = subprocess.run(
        ["docker", *arguments], check=True, stdout=subprocess.PIPE, stderr=stderr, text=True
    )
    return done.stdout

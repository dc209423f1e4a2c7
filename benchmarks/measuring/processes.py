"""The processes under measurement: their CPUs, their memory, their logs."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOGS = ROOT / ".venv-bench" / "logs"


class Died(Exception):
    """A process has ended unexpectedly; the message has the last lines of its log."""

    def __init__(self, name: str) -> None:
        tail = log_file(name).read_text(errors="replace").splitlines()[-15:]
        super().__init__("\n".join([f"{name} has ended; its last lines:", *tail]))


def log_file(name: str) -> Path:
    return LOGS / f"{name.replace(' ', '-')}.log"


def python(environment: str) -> str:
    """The interpreter of one of the project's virtual environments."""
    return str(ROOT / environment / "bin" / "python")


def pin(count: int) -> None:
    """Give this process and its children `count` CPUs, as a function's memory does on Lambda."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def peak_mb(pid: int) -> float:
    """The process's peak resident memory, mapped files included."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def process(
    name: str, command: Sequence[str], *, environment: Mapping[str, str], **pipes: Any
) -> Iterator[subprocess.Popen[str]]:
    """A process in the project's folder, with the Hugging Face hub off. It logs to a file."""
    LOGS.mkdir(parents=True, exist_ok=True)
    offline = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "TOKENIZERS_PARALLELISM": "true"}
    with log_file(name).open("w") as log:
        started = subprocess.Popen(
            command,
            cwd=pipes.pop("cwd", ROOT),
            env={**os.environ, "PYTHONPATH": str(ROOT), **offline, **environment},
            stderr=log,
            stdout=pipes.pop("stdout", log),
            text=True,
            **pipes,
        )
    try:
        yield started
    finally:
        started.kill()
        with contextlib.suppress(BrokenPipeError), started:
            pass  # waits for its end and closes its pipes

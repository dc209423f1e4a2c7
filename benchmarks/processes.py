"""The contestants' processes: where they run, with how many CPUs, what memory they take."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOGS = ROOT / ".venv-bench" / "logs"


class Died(Exception):
    """A contestant's process has ended; the message has the last lines of its log."""

    def __init__(self, name: str) -> None:
        tail = log_file(name).read_text(errors="replace").splitlines()[-15:]
        super().__init__("\n".join([f"{name} has ended; its last lines:", *tail]))


def log_file(name: str) -> Path:
    return LOGS / f"{name.replace(' ', '-')}.log"


def cpus(count: int) -> set[int]:
    """The first `count` CPUs of those this process may use."""
    return set(sorted(os.sched_getaffinity(0))[:count])


def pin(count: int) -> None:
    """Give this process `count` CPUs, as a function's memory does on Lambda."""
    os.sched_setaffinity(0, cpus(count))


def peak_mb(pid: int) -> float:
    """The largest resident memory the process has had, mapped files included."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


@contextmanager
def process(
    name: str, command: Sequence[str], *, environment: Mapping[str, str], **pipes: Any
) -> Iterator[subprocess.Popen[str]]:
    """A process in the project's folder, told to ask no hub; its messages go to its log."""
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
            pass  # its end is awaited, its pipes are closed


def versions(environment: str, packages: Sequence[str]) -> str:
    """The packages' versions in an environment of the project."""
    code = "import importlib.metadata, sys; print(*map(importlib.metadata.version, sys.argv[1:]))"
    python = str(ROOT / environment / "bin" / "python")
    found = subprocess.check_output([python, "-c", code, *packages], text=True).split()
    return ", ".join(" ".join(pair) for pair in zip(packages, found, strict=True))

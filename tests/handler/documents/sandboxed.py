"""What the tests of the sandbox share: questions to it, and workers that misbehave."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from handler.documents import Document
from handler.documents.sandbox import Sandbox
from handler.errors import DocumentRejected
from handler.limits import MAX_HTML_OPTIONS

# The parser needs seconds for this many options, in a single call.
SLOW_HTML = b"<select>" + b"<option>x" * MAX_HTML_OPTIONS


def extract(sandbox: Sandbox, content: bytes, name: str = "a", *, seconds: float = 100) -> Document:
    return sandbox.extract(content, name=name, content_type=None, seconds=seconds)


def rejection(sandbox: Sandbox, content: bytes, name: str) -> str:
    """Why the sandbox rejects a file: "code: message"."""
    with pytest.raises(DocumentRejected) as raised:
        extract(sandbox, content, name)
    return f"{raised.value.code}: {raised.value.message}"


def worker_pid(sandbox: Sandbox) -> int:
    """The id of the worker process, after it has read a document."""
    assert extract(sandbox, b"Hello").text == "Hello"
    assert sandbox._worker
    return sandbox._worker.pid


def is_gone(process: int) -> bool:
    """Whether a process ends, and is waited for, within ten seconds."""
    for _ in range(500):
        if not Path(f"/proc/{process}").exists():
            return True
        time.sleep(0.02)
    return False


def wait_until_it_computes(worker: int) -> None:
    """Wait until a worker process has read for 50 ms: it is inside the parser."""
    before, until = _cpu_ticks(worker), time.monotonic() + 60
    while _cpu_ticks(worker) < before + 5:
        assert time.monotonic() < until
        time.sleep(0.01)


def _cpu_ticks(process: int) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def run_in_workers(patch: pytest.MonkeyPatch, lines: str) -> None:
    """Make every new worker run `lines` before its main function; `worker` is its module."""
    program = (
        f"import sys\nimport handler.documents.sandbox_worker as worker\n{lines}\n"
        "worker.main(*map(int, sys.argv[1:]))"
    )
    command = (sys.executable, "-P", "-c", program)
    patch.setattr("handler.documents.worker_process.COMMAND", command)

"""What the tests of the sandbox share."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from handler.documents import Document
from handler.documents.pipe_protocol import read_frame
from handler.documents.sandbox import Sandbox
from handler.errors import DocumentRejected
from tests.conftest import ROOT

# Parsing as many attributes takes minutes, in one call of the parser's.
SLOW = b"<p " + b" ".join(b"a%d=1" % number for number in range(200_000)) + b">x"


def ask(sandbox: Sandbox, content: bytes, name: str = "a", *, seconds: float = 100) -> Document:
    return sandbox.extract(content, name=name, content_type=None, seconds=seconds)


def reason(sandbox: Sandbox, content: bytes, name: str) -> str:
    with pytest.raises(DocumentRejected) as raised:
        ask(sandbox, content, name)
    return f"{raised.value.code}: {raised.value.message}"


def child(sandbox: Sandbox) -> int:
    """The process id of the child, which has read a document."""
    assert ask(sandbox, b"Hello").text == "Hello"
    assert sandbox._child
    return sandbox._child.pid


def is_gone(process: int) -> bool:
    """Whether a process has ended, within a while; one that nobody has waited for has not."""
    for _ in range(500):
        if not Path(f"/proc/{process}").exists():
            return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def child_with(lines: str) -> Iterator[tuple[Sandbox, IO[bytes]]]:
    """A sandbox, of which the child runs `lines` before it begins, and its standard error."""
    program = f"import handler.documents.sandbox_worker as child\n{lines}\nchild.main(2**30, 9)"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with Sandbox() as sandbox, process:
        assert process.stdout and process.stderr
        assert read_frame(process.stdout) == ({}, b"")  # it is ready
        sandbox._child = process
        yield sandbox, process.stderr

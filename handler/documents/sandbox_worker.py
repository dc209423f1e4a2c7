"""The worker process of a sandbox: reads documents from its input until that ends.

    python -m handler.documents.sandbox_worker MEMORY SECONDS [LIFE]

MEMORY: bytes of address space. SECONDS: the worker ends when a document takes longer. Its parent
stops it before that, unless the parent is gone. LIFE: the descriptor of a pipe whose other end the
parent holds open as long as it lives.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import resource
import select
import signal
import sys
import time
import traceback
from typing import IO, Any

import orjson

from handler.documents import extract
from handler.documents.confinement import confine
from handler.documents.confinement.readable_paths import readable_paths
from handler.documents.out_of_memory import is_out_of_memory, memory_message
from handler.documents.pipe_protocol import LACKS_LIBRARY, read_message, write_message
from handler.errors import DocumentRejected
from handler.limits import (
    READING_CPU_SECONDS,
    READING_FIELDS,
    READING_MEMORY_KEPT,
    READING_VALUES,
)

RESERVE = 4_194_304  # bytes


def main(memory: int, seconds: int, life: int | None = None) -> None:
    """Answer each document until the input ends or the process has grown too large."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles a Ctrl-C and stops us
    if life is not None:
        _die_with(life)
    requests, answers = _take_pipes()
    statm = _open_statm()
    with contextlib.suppress(ValueError, OSError):  # macOS does not support this limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    write_message(answers, confine(readable_paths()), b"")  # ready
    reserve = bytearray(RESERVE)  # so that too little memory can still be told
    while request := read_message(requests):
        signal.alarm(seconds)  # no handler: this ends the process even inside a library
        fields, text = _answer(*request, memory, reserve)
        del request  # frees its memory before the next one is read
        signal.alarm(0)
        # Tell the parent, so that it does not send the next document to a process that has ended.
        last = not reserve or fields.get("last", False) or _resident(statm) > READING_MEMORY_KEPT
        last = fields["last"] = last or time.process_time() > READING_CPU_SECONDS / 2
        write_message(answers, fields, text)
        if last:
            return
        if fields.get("format") == "docx":
            gc.collect()  # python-docx's objects form reference cycles, which would pile up


def _die_with(life: int) -> None:
    """Have the kernel end this process, even inside a library, when the pipe's other end closes.

    It sends SIGIO, whose default is to end the process. (fcntl(2), "Signals")
    """
    with contextlib.suppress(OSError):
        fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(life, fcntl.F_GETFL)
        fcntl.fcntl(life, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:  # it was closed before that
        raise SystemExit


def _open_statm() -> int | None:
    """/proc/self/statm, opened while files still can be; None where there is no /proc."""
    try:
        return os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None


def _resident(statm: int | None) -> int:
    """The process's resident memory in bytes; 0 if it is not known.

    Not the peak that `resource` reports: a child inherits its parent's.
    """
    if statm is None:
        return 0
    return int(os.pread(statm, 200, 0).split()[1]) * resource.getpagesize()


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes to the parent, moved to where no library reads or prints."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, answers


def _answer(
    fields: dict[str, Any], content: bytes, memory: int, reserve: bytearray
) -> tuple[dict[str, Any], bytes]:
    """What to answer. Frees the reserve if memory runs out."""
    try:
        document = extract(content, **fields)
        described = document.to_fields()
        _check(described)
        return described, document.text.encode()
    except Exception as error:
        if is_out_of_memory(error):
            reserve.clear()  # what memory is left is fragmented: the process ends after this
            return {"code": "invalid_file", "message": memory_message(memory)}, b""
        return _refusal(error), b""


def _refusal(error: Exception) -> dict[str, Any]:
    """The answer after an error other than too little memory."""
    if isinstance(error, DocumentRejected):
        return {"code": error.code, "message": error.message}
    if isinstance(error, ImportError):  # a missing library is not the document's fault
        sys.stderr.write(f"{error}\n")
        raise SystemExit(LACKS_LIBRARY) from error
    # A bug of ours or of a library. Log the place but not the message, which may quote the
    # document.
    kind = type(error).__name__
    sys.stderr.write("".join(traceback.format_tb(error.__traceback__)) + kind + "\n")
    message = f"The file cannot be read: {kind} while reading it. It may be damaged."
    return {"code": "invalid_file", "message": message, "last": True}


def _check(described: dict[str, Any]) -> None:
    """Raise DocumentRejected if the parent would not take so much."""
    header = orjson.dumps(described)
    values = sum(map(header.count, (b",", b"[", b"{")))
    if len(header) > READING_FIELDS - 100 or values > READING_VALUES - 10:  # "last" is added
        raise DocumentRejected(
            "invalid_file",
            f"The file's headings, tables and attributes take {len(header):,} bytes with about "
            f"{values:,} values; the limits are {READING_FIELDS:,} and {READING_VALUES:,}. Split "
            "the file.",
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

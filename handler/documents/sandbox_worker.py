"""The worker process of a sandbox: reads documents from its input until that ends.

    python -m handler.documents.sandbox_worker MEMORY SECONDS

MEMORY: bytes of address space. SECONDS: the worker ends when a document takes longer. Its parent
stops it before that, unless the parent is gone.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import IO, Any

from handler.documents import OUT_OF_MEMORY, extract
from handler.documents.pipe_protocol import LACKS_LIBRARY, read_message, write_message
from handler.errors import DocumentRejected
from handler.limits import READING_MEMORY_KEPT


def main(memory: int, seconds: int) -> None:
    """Answer each document until the input ends or the process has grown too large."""
    with contextlib.suppress(ValueError, OSError):  # macOS does not support this limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles a Ctrl-C and stops us
    requests, answers = _take_pipes()
    write_message(answers, {}, b"")  # ready
    while request := read_message(requests):
        signal.alarm(seconds)  # no handler: this ends the process even inside a library
        fields, text = _answer(*request)
        del request  # frees its memory before the next one is read
        signal.alarm(0)
        # Tell the parent, so that it does not send the next document to a process that has ended.
        last = fields["last"] = fields.get("last", False) or _resident() > READING_MEMORY_KEPT
        write_message(answers, fields, text)
        if last:
            return
        if fields.get("format") == "docx":
            gc.collect()  # python-docx's objects form reference cycles, which would pile up


def _resident() -> int:
    """The process's resident memory in bytes; 0 where there is no /proc.

    Not the peak that `resource` reports: a child inherits its parent's.
    """
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes to the parent, moved to where no library reads or prints."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, answers


def _answer(fields: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        document = extract(content, **fields)
        return document.to_fields(), document.text.encode()
    except DocumentRejected as error:
        # After running out of memory, what is left is fragmented: do not reuse the process.
        last = isinstance(error.__cause__, MemoryError)
        return {"code": error.code, "message": error.message, "last": last}, b""
    except MemoryError:
        return {"code": "invalid_file", "message": OUT_OF_MEMORY, "last": True}, b""
    except ImportError as error:  # a missing library is not the document's fault
        sys.stderr.write(f"{error}\n")
        raise SystemExit(LACKS_LIBRARY) from error
    except Exception as error:  # a bug of ours or of a library
        # Log the place but not the message, which may quote the document.
        kind = type(error).__name__
        sys.stderr.write("".join(traceback.format_tb(error.__traceback__)) + kind + "\n")
        message = f"The file cannot be read: {kind} while reading it. It may be damaged."
        return {"code": "invalid_file", "message": message, "last": True}, b""


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

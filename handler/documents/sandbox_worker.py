"""The child process of a sandbox: reads documents from its input until that ends.

    python -m handler.documents.sandbox_worker MEMORY SECONDS

MEMORY: bytes that it may take in all. SECONDS: after which it ends if a document takes longer; its
parent has ended it before that, unless the parent is gone.
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

from handler.documents import TOO_LARGE, Document, extract
from handler.documents.pipe_protocol import LACKS_LIBRARY, read_frame, write_frame
from handler.errors import DocumentRejected
from handler.limits import READING_MEMORY_KEPT


def main(memory: int, seconds: int) -> None:
    """Answer each document on the input, until it ends or the process has grown too large."""
    with contextlib.suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the parent, which ends us
    requests, answers = _take_pipes()
    write_frame(answers, {}, b"")  # we are ready
    while request := read_frame(requests):
        signal.alarm(seconds)  # no handler: it ends the process, even within a library
        fields, text = _answer(*request)
        del request  # before the next one is read
        signal.alarm(0)
        # The parent is told, so that it does not find the process gone when it needs it next.
        last = fields["last"] = fields.get("last", False) or _resident() > READING_MEMORY_KEPT
        write_frame(answers, fields, text)
        if last:
            return
        if fields.get("format") == "docx":
            gc.collect()  # python-docx's objects refer to each other in circles, and would pile up


def _resident() -> int:
    """Bytes of memory that the process has now; 0 where there is no /proc to tell.

    Not the peak that `resource` knows: a child's begins with that of its parent.
    """
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes to the parent, where no library that reads or prints can meet them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, answers


def _answer(fields: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        document = extract(content, name=fields["name"], content_type=fields["content_type"])
        return _fields(document), document.text.encode()
    except DocumentRejected as error:
        # What memory is left after it ran out is in pieces.
        last = isinstance(error.__cause__, MemoryError)
        return {"code": error.code, "message": error.message, "last": last}, b""
    except MemoryError:
        return {"code": "invalid_file", "message": TOO_LARGE, "last": True}, b""
    except ImportError as error:  # no document is to blame for what is not installed
        sys.stderr.write(f"{error}\n")
        raise SystemExit(LACKS_LIBRARY) from error
    except Exception as error:  # ours, or a library's; the document will not be read either way
        # Where, but not the message, which may quote the document.
        kind = type(error).__name__
        sys.stderr.write("".join(traceback.format_tb(error.__traceback__)) + kind + "\n")
        message = f"The file cannot be read: {kind} while reading it. It may be damaged."
        return {"code": "invalid_file", "message": message, "last": True}, b""


def _fields(document: Document) -> dict[str, Any]:
    """Everything but the text."""
    return {
        "format": document.format,
        "is_markdown": document.is_markdown,
        "pages": document.pages,
        "headings": document.headings,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""Reads documents in a child process, which one that is made to harm may bring down.

A crash, too much memory or too much time becomes a DocumentRejected. The child is kept for the
next document. Not by way of `multiprocessing`: that needs /dev/shm, which Lambda has not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handler.documents.document import Document
from handler.documents.pipe_protocol import LACKS_LIBRARY, read_frame, write_frame
from handler.errors import DocumentRejected, DocumentUnfinished
from handler.limits import READING_MEMORY, READING_MEMORY_SHARE, READING_SECONDS

ROOT = Path(__file__).parents[2]
# All that the child gets of the environment, so that no key or token is in it.
INHERITED = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
GRACE = 5  # seconds that the child outlives its limit by, if nobody ends it


class Sandbox:
    """Extracts documents in a child process, one at a time. Thread-safe.

    seconds: what one document may take. memory: bytes of address space; by default a gigabyte,
    and no more than 60 % of what a Lambda function has.
    """

    def __init__(self, *, seconds: float = READING_SECONDS, memory: int | None = None) -> None:
        self._seconds = seconds
        self._memory = memory or _memory_limit(os.environ)
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def extract(
        self, content: bytes, *, name: str, content_type: str | None, seconds: float
    ) -> Document:
        """The text of a file, as `handler.documents.extract` gives it.

        seconds: what there is left. Raises DocumentRejected, and DocumentUnfinished if these were used up
        before the document had what it may take. RuntimeError if the child does not start, or
        misses a library: no document is to blame for that.
        """
        with self._lock:
            allowed = max(min(seconds, self._seconds), 0)
            child = self._running_child()
            expired = threading.Event()

            def expire() -> None:
                expired.set()
                child.kill()

            timer = threading.Timer(allowed, expire)
            timer.start()
            fields: dict[str, Any] = {
                "name": _encodable(name),
                "content_type": content_type and _encodable(content_type),
            }
            answer = None
            try:
                answer = _ask(child, fields, content)
                if answer is None and not expired.is_set():
                    child.wait(GRACE)  # it has broken down; let it say how
            finally:
                timer.cancel()
                timer.join()  # past this it does not end a child that is at the next document
                if answer is None or expired.is_set() or answer[0]["last"]:
                    self._end_child()
            if answer:
                return _document(*answer)
            if expired.is_set() and seconds < self._seconds:
                raise DocumentUnfinished(
                    f"Reading the document took longer than the {allowed:.1f} s left."
                )
            if child.returncode == LACKS_LIBRARY:
                raise RuntimeError("The process that reads documents lacks a library: see its log.")
            raise DocumentRejected("invalid_file", self._reason(child, expired.is_set()))

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child. The next document starts another."""
        with self._lock:
            self._end_child()

    def _running_child(self) -> subprocess.Popen[bytes]:
        if self._child and self._child.poll() is not None:  # it has died meanwhile
            self._end_child()
        if not self._child:
            limits = [str(self._memory), str(int(self._seconds) + GRACE)]
            self._child = subprocess.Popen(
                # -P: the current directory is nobody's package
                [sys.executable, "-P", "-m", "handler.documents.sandbox_worker", *limits],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(os.environ),
            )
            assert self._child.stdout
            ready = None
            try:
                ready = read_frame(self._child.stdout)
            finally:  # after a Ctrl-C as well, or "ready" would be the first document's answer
                if ready is None:
                    self._end_child()
            if ready is None:
                raise RuntimeError("The process that reads documents does not start: see its log.")
        return self._child

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe:
                    try:
                        pipe.close()
                    except BrokenPipeError:  # what it did not read of its last document
                        pass

    def _reason(self, child: subprocess.Popen[bytes], expired: bool) -> str:
        if expired:
            return (
                f"Reading the file took longer than {self._seconds:g} s, the limit; make it "
                "smaller or simpler."
            )
        status = child.returncode
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        return (
            f"The program that reads the file broke down over it ({how}): the file is damaged, or "
            f"takes more than {self._memory // 1_048_576:,} MiB of memory to read. Make it anew "
            "or split it."
        )


def _ask(
    child: subprocess.Popen[bytes], fields: dict[str, Any], content: bytes
) -> tuple[dict[str, Any], bytes] | None:
    """The child's answer; None if it ends before it has given one."""
    assert child.stdin and child.stdout
    try:
        write_frame(child.stdin, fields, content)
    except BrokenPipeError:
        return None
    return read_frame(child.stdout)


def _document(fields: dict[str, Any], text: bytes) -> Document:
    if "code" in fields:
        raise DocumentRejected(fields["code"], fields["message"])
    return Document(
        text.decode(),
        fields["format"],
        is_markdown=fields["is_markdown"],
        pages=tuple(fields["pages"]),
        headings=tuple((offset, heading) for offset, heading in fields["headings"]),
    )


def _encodable(text: str) -> str:
    """`text` with ? for half surrogate pairs, which a badly quoted key may have."""
    return text.encode("utf-8", "replace").decode()


def _memory_limit(environment: Mapping[str, str]) -> int:
    function = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")  # MiB
    if not function.isdigit():
        return READING_MEMORY
    return min(READING_MEMORY, int(int(function) * 1_048_576 * READING_MEMORY_SHARE))


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {key: environment[key] for key in INHERITED if key in environment}
    path = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(path)}

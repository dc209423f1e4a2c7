"""Reads documents in a worker process, so that a malicious file cannot crash this one.

A crash, too much memory or too much time becomes a DocumentRejected. The worker is kept for the
next document. Does not run the process itself: `worker_process` does.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from typing import Self

from handler.documents.document import Document
from handler.documents.pipe_protocol import LACKS_LIBRARY
from handler.documents.worker_process import Answered, Crashed, TimedOut, WorkerProcess
from handler.errors import DocumentRejected, DocumentUnfinished
from handler.limits import READING_MEMORY, READING_MEMORY_SHARE, READING_SECONDS


class Sandbox:
    """Extracts documents in a worker process, one at a time. Thread-safe.

    seconds: the limit for one document. memory: bytes of address space; by default one gibibyte,
    and at most 60 % of a Lambda function's memory. keep_boilerplate: as in `extract`.
    """

    def __init__(
        self,
        *,
        seconds: float = READING_SECONDS,
        memory: int | None = None,
        keep_boilerplate: bool = False,
    ) -> None:
        self._keep_boilerplate = keep_boilerplate
        self._seconds = seconds
        self._memory = memory or _memory_limit(os.environ)
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()

    def extract(
        self, content: bytes, *, name: str, content_type: str | None, seconds: float
    ) -> Document:
        """The text of a file, as `handler.documents.extract` gives it.

        seconds: the time that is left. Raises DocumentRejected; DocumentUnfinished if this time
        ran out before the document reached its own limit; RuntimeError if the worker does not
        start or lacks a library, for which no document is to blame.
        """
        fields = {
            "name": _encodable(name),
            "content_type": content_type and _encodable(content_type),
            "keep_boilerplate": self._keep_boilerplate,
        }
        allowed = max(min(seconds, self._seconds), 0)
        with self._lock:
            outcome = self._running_worker().ask(fields, content, seconds=allowed)
        match outcome:
            case Answered():
                return _document(outcome)
            case TimedOut() if seconds < self._seconds:
                raise DocumentUnfinished(
                    f"Reading the document took longer than the {allowed:.1f} s left."
                )
            case TimedOut():
                raise DocumentRejected("invalid_file", self._timeout_message())
            case Crashed(status) if status == LACKS_LIBRARY:
                raise RuntimeError("The process that reads documents lacks a library: see its log.")
            case Crashed(status):
                raise DocumentRejected("invalid_file", self._crash_message(status))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the worker. The next document starts another."""
        with self._lock:
            if self._worker:
                self._worker.stop()
                self._worker = None

    def _running_worker(self) -> WorkerProcess:
        """The worker of the last document if it still runs, else a new one."""
        if self._worker and not self._worker.is_running:
            self._worker.stop()  # it may have died since: close its pipes
            self._worker = None
        if self._worker is None:
            self._worker = WorkerProcess(memory=self._memory, seconds=self._seconds)
        return self._worker

    def _timeout_message(self) -> str:
        return (
            f"Reading the file took longer than {self._seconds:g} s, the limit; make it "
            "smaller or simpler."
        )

    def _crash_message(self, status: int) -> str:
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        return (
            f"The program that reads the file crashed ({how}): the file is damaged, or needs more "
            f"than {self._memory // 1_048_576:,} MiB of memory to read. Create it again or split "
            "it."
        )


def _document(answer: Answered) -> Document:
    fields = answer.fields
    if "code" in fields:
        raise DocumentRejected(fields["code"], fields["message"])
    described = {key: value for key, value in fields.items() if key != "last"}
    return Document.from_fields(answer.content.decode(), described)


def _encodable(text: str) -> str:
    """`text` with ? for each lone surrogate, which a badly quoted key may contain."""
    return text.encode("utf-8", "replace").decode()


def _memory_limit(environment: Mapping[str, str]) -> int:
    function = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")  # MiB
    if not function.isdigit():
        return READING_MEMORY
    return min(READING_MEMORY, int(int(function) * 1_048_576 * READING_MEMORY_SHARE))

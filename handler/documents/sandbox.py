"""Reads documents in a worker process, so that a malicious file cannot crash this one.

A crash, too much memory or too much time becomes a DocumentRejected. The worker is kept for the
next document. Does not run the process itself: `worker_process` does.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from typing import Any, Self

from handler.documents.answer import read_answer
from handler.documents.confinement import hide_process
from handler.documents.crashes import crash_message, garbled_message
from handler.documents.document import Document
from handler.documents.pipe_protocol import LACKS_LIBRARY
from handler.documents.worker_process import Answered, Crashed, Reply, TimedOut, WorkerProcess
from handler.errors import DocumentRejected, DocumentUnfinished
from handler.limits import READING_MEMORY, READING_MEMORY_SHARE, READING_SECONDS

log = logging.getLogger(__name__)

CLOSING_SECONDS = 1  # how long `close` waits for a reading thread to notice


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
        self._closings = 0  # how often it was closed: `close` interrupts what began before

    def extract(
        self, content: bytes, *, name: str, content_type: str | None, seconds: float
    ) -> Document:
        """The text of a file, as `handler.documents.extract` gives it.

        seconds: the time that is left. Raises DocumentRejected; DocumentUnfinished if this time
        ran out before the document reached its own limit, or if the sandbox was closed meanwhile;
        RuntimeError if the worker does not start or lacks a library, for which no document is to
        blame.
        """
        fields = {
            "name": _encodable(name),
            "content_type": content_type and _encodable(content_type),
            "keep_boilerplate": self._keep_boilerplate,
        }
        allowed = max(min(seconds, self._seconds), 0)
        closings = self._closings
        with self._lock:
            outcome = self._ask(fields, content, allowed, closings)
        if self._closings != closings and not isinstance(outcome, Answered):
            raise DocumentUnfinished("Reading the document was interrupted.")
        match outcome:
            case Answered():
                return self._document(outcome)
            case TimedOut() if seconds < self._seconds:
                raise DocumentUnfinished(
                    f"Reading the document took longer than the {allowed:.1f} s left."
                )
            case TimedOut():
                raise DocumentRejected("invalid_file", self._timeout_message())
            case Crashed(status) if status == LACKS_LIBRARY:
                raise RuntimeError("The process that reads documents lacks a library: see its log.")
            case Crashed():
                raise DocumentRejected("invalid_file", crash_message(outcome, self._memory))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the worker, even while it reads: from any thread, within a second.

        A thread that waits for a document gets DocumentUnfinished. The next document starts another
        worker.
        """
        self._closings += 1
        if worker := self._worker:
            worker.kill()
        # If this thread itself is reading, and was interrupted by a signal, it cannot wait for it.
        if self._lock.acquire(timeout=CLOSING_SECONDS):
            try:
                self._stop()
            finally:
                self._lock.release()

    def _ask(self, fields: dict[str, Any], content: bytes, seconds: float, closings: int) -> Reply:
        """Ask the worker of the last document if it still runs, else a new one."""
        if self._worker and not self._worker.is_running:
            self._stop()  # it may have died since: close its pipes
        if self._closings != closings:  # while this thread waited for its turn
            return TimedOut()
        try:
            if self._worker is None:
                hidden = hide_process()
                self._worker = WorkerProcess(memory=self._memory, seconds=self._seconds)
                if self._closings != closings:  # `close` did not see this worker yet
                    self._worker.kill()
                _report_once(hidden, self._worker.wait_until_ready())
            return self._worker.ask(fields, content, seconds=seconds)
        except RuntimeError:
            if self._closings != closings:
                return TimedOut()
            raise

    def _stop(self) -> None:
        if self._worker:
            self._worker.stop()
            self._worker = None

    def _document(self, answer: Answered) -> Document:
        try:
            return read_answer(answer.fields, answer.content)
        except ValueError as error:
            self._stop_if_free()
            raise DocumentRejected("invalid_file", garbled_message()) from error

    def _stop_if_free(self) -> None:
        with self._lock:
            self._stop()

    def _timeout_message(self) -> str:
        return (
            f"Reading the file took longer than {self._seconds:g} s, the limit; make it "
            "smaller or simpler."
        )


_reported: set[str] = set()


def _report_once(hidden: str, layers: Mapping[str, Any]) -> None:
    """Log, once, which layers confine the process that reads documents, if any is missing."""
    layers = {"memory hidden from it": hidden, **layers}
    missing = [f"{name} ({reason})" for name, reason in layers.items() if reason]
    holding = [name for name, reason in layers.items() if not reason]
    message = f"The process that reads documents is confined by: {', '.join(holding) or 'nothing'}."
    if missing:
        message += f" Not by: {', '.join(missing)}."
    if message not in _reported:
        _reported.add(message)
        log.log(logging.WARNING if missing else logging.INFO, "%s", message)


def _encodable(text: str) -> str:
    """`text` with ? for each lone surrogate, which a badly quoted key may contain."""
    return text.encode("utf-8", "replace").decode()


def _memory_limit(environment: Mapping[str, str]) -> int:
    function = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")  # MiB
    if not function.isdigit():
        return READING_MEMORY
    return min(READING_MEMORY, int(int(function) * 1_048_576 * READING_MEMORY_SHARE))

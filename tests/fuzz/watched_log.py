"""The log of this process while requests are answered: what must and must not be in it."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.fuzz.texts import SECRET


class WatchedLog(io.TextIOBase):
    """Keeps what is written, until it is taken."""

    def __init__(self) -> None:
        self._written = io.StringIO()

    def write(self, text: str) -> int:
        return self._written.write(text)

    def clear(self) -> None:
        """Forget what was written."""
        self._written.seek(0)
        self._written.truncate()

    def take(self) -> str:
        """What was written since the last call. Raises AssertionError if it shows a secret."""
        written = self._written.getvalue()
        self.clear()
        assert SECRET not in written, f"the log shows a secret: {written}"
        assert "Traceback" not in written, f"the log has a traceback: {written}"
        return written

    def take_request(self, status: int) -> None:
        """Take the line of one answered request. Raises AssertionError if it is not one."""
        lines = self.take().splitlines()
        objects: list[dict[str, Any]] = [json.loads(line) for line in lines if line[:1] == "{"]
        statuses = [each["status"] for each in objects if "requestId" in each]
        assert statuses == [status], f"the log lines of an answer of {status}: {lines}"


@contextmanager
def watch_log() -> Iterator[WatchedLog]:
    """Watch standard error, and the log records of warnings and errors."""
    log, stderr = WatchedLog(), sys.stderr
    handler = logging.StreamHandler(log)
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    sys.stderr = log
    try:
        yield log
    finally:
        sys.stderr = stderr
        logging.getLogger().removeHandler(handler)

"""Log lines of libraries and of failures, limited in number: clients cause most of them.

The line that each request gets (`handler.logs`) does not pass here.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TextIO

from starlette.requests import ClientDisconnect

from handler.local_server.log_formats import JsonFormatter, TextFormatter

LINES = 10  # of one message in a second
LINES_OF_A_LOGGER = 30  # of all its messages
TEMPLATE = 100  # characters that tell one message from another

# What clients and shutdowns cause. A traceback would say nothing about the code.
NO_FAULTS = (OSError, ClientDisconnect, asyncio.CancelledError)


class LimitedHandler(logging.StreamHandler[TextIO]):
    """Writes to standard error, a few lines of each message in a second. Thread-safe."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        as_text: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(stream or sys.stderr)
        self.setFormatter(TextFormatter() if as_text else JsonFormatter())
        self._now, self._second = now, now()
        self._lines: Counter[tuple[str, str]] = Counter()
        self._left_out: Counter[tuple[str, str]] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, unless the second had enough like it."""
        self._begin_second()
        message, logger = (record.name, str(record.msg)[:TEMPLATE]), (record.name, "")
        self._lines[message] += 1
        self._lines[logger] += 1
        if self._lines[logger] > LINES_OF_A_LOGGER or self._lines[message] > LINES:
            self._left_out[message] += 1
            return
        if record.exc_info and isinstance(record.exc_info[1], NO_FAULTS):
            record.exc_info = record.exc_text = None
        super().emit(record)

    def report(self) -> None:
        """Say what was left out, if its second is over."""
        self.acquire()
        try:
            self._begin_second()
        finally:
            self.release()

    def _begin_second(self) -> None:
        now = self._now()
        if now - self._second < 1:
            return
        left_out, self._left_out = self._left_out, Counter()
        self._second = now
        self._lines.clear()
        for (name, template), count in left_out.most_common(LINES):
            text = "%d more lines were left out: %s"
            arguments = (count, template.splitlines()[0] if template else "")
            record = logging.LogRecord(name, logging.WARNING, "", 0, text, arguments, None)
            super().emit(record)


def write_limited_logs(*, as_text: bool = False) -> LimitedHandler:
    """Send what every logger of this process says through one limited handler."""
    handler = LimitedHandler(as_text=as_text)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("uvicorn", "handler"):
        logging.getLogger(name).setLevel(logging.INFO)
    return handler

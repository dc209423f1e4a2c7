"""How a record of the log is written: text for people, or a line of JSON."""

from __future__ import annotations

import logging

import orjson
from uvicorn.logging import DefaultFormatter

MAX_LINE = 4_000  # characters of a message without a traceback


class TextFormatter(DefaultFormatter):
    """`WARNING:  message`, and a traceback below."""

    def __init__(self) -> None:
        super().__init__("%(levelprefix)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line if record.exc_info else line[:MAX_LINE]


class JsonFormatter(logging.Formatter):
    """An object a line: `time`, `level`, `logger`, `message`, and `traceback` if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": round(record.created, 3),
            "level": record.levelname,
            "logger": record.name,
            "message": _whole(record.getMessage()[:MAX_LINE]),
        }
        if record.exc_info:
            line["traceback"] = _whole(self.formatException(record.exc_info))
        return orjson.dumps(line).decode()


def _whole(text: str) -> str:
    """`text` with halves of surrogate pairs as escapes: names of files can have them, not JSON."""
    return text.encode(errors="backslashreplace").decode()

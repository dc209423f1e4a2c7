"""One request: what its transport grants it, and what the log will say about it.

The transports (HTTP, direct invocation) make it, the operation fills it in, the log reads it.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from handler.logs import write_line
from handler.settings import MEMORY_PER_CPU

SANE_ID = re.compile(r"[A-Za-z0-9._:=+/-]{1,128}")
# Before the end, to write the answer and to still be there to send it: s, of a whole CPU.
MARGIN = 1.0

_cold = True  # until the first request


@dataclass
class RequestContext:
    """A request on its way through the server."""

    request_id: str
    deadline: float | None = None  # of time.monotonic(); None: as long as it takes
    answer_limit: int | None = None  # bytes; None: any number
    takes_gzip: bool = False
    is_direct: bool = False
    is_alone: bool = False  # an HTTP request, and no other is to be answered until it is
    key: str | None = None  # the name of the key
    inputs: int = 0
    tokens: int = 0
    truncated: int = 0
    stages: dict[str, float] = field(default_factory=dict)  # ms
    started: float = field(default_factory=time.perf_counter)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Count the time of what is inside."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = (time.perf_counter() - started) * 1000

    @property
    def milliseconds(self) -> float:
        """Since it began."""
        return (time.perf_counter() - self.started) * 1000

    def log(self, route: str, status: int, *, fingerprint: str, namespace: str | None) -> None:
        """Write the request's line."""
        global _cold
        fields: dict[str, Any] = {"requestId": self.request_id, "route": route, "status": status}
        fields["milliseconds"] = round(self.milliseconds, 2)
        if self.inputs:
            fields |= {"inputs": self.inputs, "tokens": self.tokens, "truncated": self.truncated}
            fields["stages"] = {name: round(ms, 2) for name, ms in self.stages.items()}
            fields["fingerprint"] = fingerprint
        if self.key:
            fields["key"] = self.key
        write_line({**fields, "coldStart": _cold}, namespace=namespace if self.inputs else None)
        _cold = False


def request_id(asked: str | None, lambda_context: Any) -> str:
    """The caller's id if it is a sane one, else Lambda's, else a new one."""
    if asked and SANE_ID.fullmatch(asked):
        return asked
    return getattr(lambda_context, "aws_request_id", None) or uuid.uuid4().hex


def mark_warm() -> None:
    """The next request is no cold start, though none came before it."""
    global _cold
    _cold = False


def deadline(lambda_context: Any, *, most: float | None = None) -> float | None:
    """When the work of an invocation must stop, by the time that Lambda says remains.

    most: what whoever waits for the answer allows, in seconds.
    """
    if not hasattr(lambda_context, "get_remaining_time_in_millis"):
        return None
    remaining: float = lambda_context.get_remaining_time_in_millis() / 1000
    if most is not None:
        remaining = min(remaining, most)
    memory = int(getattr(lambda_context, "memory_limit_in_mb", None) or MEMORY_PER_CPU)
    margin = MARGIN / min(1.0, memory / MEMORY_PER_CPU)
    # A short timeout is not to be all margin.
    return time.monotonic() + remaining - min(margin, remaining / 3)

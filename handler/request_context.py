"""The context of a request: the limits that its transport sets, and the facts for its log line.

The transport (HTTP or a direct invocation) makes it, the operation fills it in, the log reads it.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from handler.limits import MAX_REQUEST_ID
from handler.logs import write_line
from handler.settings import MEMORY_PER_CPU

REQUEST_ID = re.compile(rf"[A-Za-z0-9._:=+/-]{{1,{MAX_REQUEST_ID}}}")
# Kept to write and send the answer, on one whole CPU; a smaller share of a CPU takes longer.
ANSWER_MARGIN_SECONDS = 1.0

_cold = True  # until the first request
# Of the request that is answered here; see `ending`.
_end: ContextVar[float | None] = ContextVar("end", default=None)


@dataclass
class RequestContext:
    """A request, from its arrival to its log line."""

    request_id: str
    method: str | None = None  # of HTTP
    deadline: float | None = None  # of time.monotonic(); None: no limit
    answer_limit: int | None = None  # bytes; None: no limit
    takes_gzip: bool = False
    is_direct: bool = False
    is_alone: bool = False  # no other request is answered at the same time
    key: str | None = None  # the API key's name
    refusal: str | None = None  # what metrics count its error by, if it is answered with one
    body_bytes: int = 0  # decoded, that have come so far
    inputs: int = 0
    tokens: int = 0
    truncated: int = 0
    stages: dict[str, float] = field(default_factory=dict)  # ms
    started: float = field(default_factory=time.perf_counter)
    at_end: ExitStack = field(default_factory=ExitStack)  # closed when the request ends
    _cancelled: bool = False

    def cancel(self) -> None:
        """Stop the request's work: its client has hung up, or the server stops."""
        self._cancelled = True

    def is_cancelled(self) -> bool:
        """Whether the request's work must stop. Threads ask between runs."""
        return self._cancelled

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Record how long the block takes, as the stage `name`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = (time.perf_counter() - started) * 1000

    def add_to_stage(self, name: str, seconds: float) -> None:
        """Record more time of a stage that a request may come to several times."""
        self.stages[name] = self.stages.get(name, 0.0) + seconds * 1000

    @property
    def milliseconds(self) -> float:
        """Milliseconds since the request began."""
        return (time.perf_counter() - self.started) * 1000

    def log(self, route: str, status: int, *, fingerprint: str, namespace: str | None) -> None:
        """Write the request's log line."""
        global _cold
        fields: dict[str, Any] = {"requestId": self.request_id}
        if self.method:
            fields["method"] = self.method
        fields |= {"route": route, "status": status}
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
    """The caller's id if it is well formed, else Lambda's, else a new one."""
    if asked and REQUEST_ID.fullmatch(asked):
        return asked
    return getattr(lambda_context, "aws_request_id", None) or uuid.uuid4().hex


def mark_warm() -> None:
    """Do not log the next request as a cold start: a warm-up came first."""
    global _cold
    _cold = False


def deadline(lambda_context: Any, *, most: float | None = None) -> float | None:
    """When the work of an invocation must stop, as a time of `time.monotonic()`; None: no limit.

    most: how many seconds the caller waits, if that is less than Lambda's remaining time.
    """
    if not hasattr(lambda_context, "get_remaining_time_in_millis"):
        return None
    remaining: float = lambda_context.get_remaining_time_in_millis() / 1000
    if most is not None:
        remaining = min(remaining, most)
    memory = int(getattr(lambda_context, "memory_limit_in_mb", None) or MEMORY_PER_CPU)
    margin = ANSWER_MARGIN_SECONDS / min(1.0, memory / MEMORY_PER_CPU)
    # The margin must not use up a short timeout.
    return time.monotonic() + remaining - min(margin, remaining / 3)


@contextmanager
def ending(deadline: float | None) -> Iterator[None]:
    """Let calls inside the block that are given no deadline of their own have this one."""
    token = _end.set(deadline)
    try:
        yield
    finally:
        _end.reset(token)


def end() -> float | None:
    """The deadline that the innermost `ending` gave; None: no limit."""
    return _end.get()

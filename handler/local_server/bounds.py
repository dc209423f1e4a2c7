"""The bounds that the local server keeps, as one value. The defaults are in `limits`."""

from __future__ import annotations

from dataclasses import dataclass

from handler import limits


@dataclass(frozen=True)
class Bounds:
    """Seconds and bytes, unless said otherwise."""

    connections: int = limits.MAX_CONNECTIONS  # a number
    keep_alive_seconds: float = 75.0
    header_seconds: float = limits.HEADER_SECONDS
    max_header_seconds: float = limits.MAX_HEADER_SECONDS
    body_seconds: float = limits.BODY_SECONDS
    max_body_seconds: float = limits.MAX_BODY_SECONDS
    bytes_a_second: float = limits.MIN_BYTES_A_SECOND
    unread_seconds: float = limits.UNREAD_SECONDS
    unread: int = limits.MAX_UNREAD  # of all answers
    slow_seconds: float = limits.SLOW_SECONDS  # of a body that is not complete
    incomplete: int = limits.MAX_INCOMPLETE  # of all slow bodies
    drained: int = limits.MAX_DRAINED
    drain_seconds: float = limits.DRAIN_SECONDS
    grace_seconds: float = limits.GRACE_SECONDS
    farewell_seconds: float = 1.0  # for what was cancelled, to reach its client
    exit_seconds: float = limits.EXIT_SECONDS
    # An older connection of its kind may be closed to make room for a new one.
    patience_seconds: float = 0.25
    check_seconds: float = 1.0  # between two looks at every connection

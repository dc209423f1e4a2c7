"""What an id that a caller sends may be."""

from __future__ import annotations

from handler.limits import MAX_FILE_ID


def is_id(value: str) -> bool:
    """Whether it can be looked up: all of ours are printable ASCII."""
    return 0 < len(value) <= MAX_FILE_ID and value.isascii() and value.isprintable()

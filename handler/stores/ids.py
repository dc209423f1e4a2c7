"""Ids that sort by time: a prefix, and a ULID in lower case.

A ULID is 48 bits of milliseconds since 1970 and 80 random bits, in Crockford's base 32.
(github.com/ulid/spec)
"""

from __future__ import annotations

import secrets

from handler.limits import MAX_ID

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
TIME_DIGITS, RANDOM_DIGITS = 10, 16


def new_id(prefix: str, now: float) -> str:
    """A new id, such as `file-01k9…`. now: seconds since 1970."""
    return first_id(prefix, now) + "".join(secrets.choice(DIGITS) for _ in range(RANDOM_DIGITS))


def first_id(prefix: str, now: float) -> str:
    """What the ids of that millisecond begin with: ids made before it sort before, others after."""
    left, digits = int(now * 1000), ""
    for _ in range(TIME_DIGITS):
        left, digit = divmod(left, len(DIGITS))
        digits = DIGITS[digit] + digits
    return prefix + digits


def is_id(value: str) -> bool:
    """Whether it can be looked up: all of ours are printable ASCII."""
    return 0 < len(value) <= MAX_ID and value.isascii() and value.isprintable()

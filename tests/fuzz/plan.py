"""How many requests each target gets, and which: REQUESTS and SEED of `make fuzz`."""

from __future__ import annotations

import os
import random
import traceback
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest

from tests.memory import resident

T = TypeVar("T")

REQUESTS = int(os.environ.get("REQUESTS") or 10_000)
FIRST = int(os.environ.get("SEED") or 0)
# Of all requests, in percent.
SHARES = {"application": 45, "keys": 10, "invocations": 20, "notifications": 5, "sockets": 20}
BLOCK = 2_500  # requests in a test, at most
MOST_GROWTH = 60.0  # MB, from a test's first fifth to its end


def numbers_for(target: str) -> Callable[..., Any]:
    """A decorator: run the test with `numbers` of its share of the requests."""
    count = max(1, REQUESTS * SHARES[target] // 100)
    blocks = [
        range(first, min(first + BLOCK, FIRST + count))
        for first in range(FIRST, FIRST + count, BLOCK)
    ]
    return pytest.mark.parametrize(
        "numbers", blocks, ids=[f"{len(block)} from {block[0]}" for block in blocks]
    )


def run(
    target: str,
    numbers: Sequence[int],
    draw: Callable[[random.Random], T],
    attempt: Callable[[T], None],
) -> None:
    """Draw each request and attempt it. The test fails with all that failed, if any has.

    Also fails if the memory of this process has grown after the first fifth.
    """
    failures: dict[str, str] = {}  # one of each kind
    early = 0.0
    for number in numbers:
        drawn = draw(random.Random(f"{target} {number}"))
        try:
            attempt(drawn)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} at {where.filename}:{where.lineno}"
            failures.setdefault(
                f"{kind} {str(error)[:40]}",
                f"{kind}: {str(error)[:1_500]}\n  of {str(drawn)[:1_500]}\n"
                f"  again: make fuzz SEED={number} ARGS='-k {target}'",
            )
        if number == numbers[len(numbers) // 5]:
            early = resident()
    if failures:
        text = "\n\n".join(failures.values())
        # What was sent may have half an emoji, which xdist cannot pass on.
        pytest.fail(text.encode("utf-8", "backslashreplace").decode(), pytrace=False)
    grown = resident() - early
    assert grown < MOST_GROWTH, f"{grown:.0f} MB more at the end"

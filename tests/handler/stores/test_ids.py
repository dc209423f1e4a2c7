"""Ids sort by the time of their creation, and are never the same."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from handler.stores.ids import first_id, new_id

times = st.floats(0, 281_474_976_710.0)  # the last second that a ULID has, in the year 10889


@given(times, times)
def test_ids_sort_by_time(one: float, other: float) -> None:
    earlier, later = sorted((int(one * 1000), int(other * 1000)))
    if earlier < later:
        assert new_id("file-", earlier / 1000) < new_id("file-", later / 1000 + 0.0005)


@given(times)
def test_an_id_comes_after_the_first_of_its_millisecond(now: float) -> None:
    assert new_id("vs_", now).startswith(first_id("vs_", now))
    assert re.fullmatch("vs_[0-9a-hjkmnp-tv-z]{26}", new_id("vs_", now))


def test_no_two_ids_of_a_moment_are_the_same() -> None:
    assert len({new_id("part_", 1.0) for _ in range(1_000)}) == 1_000


def test_the_time_is_that_of_the_ulid_specification() -> None:
    assert first_id("", 1_469_918_176.385) == "01aryz6s41"  # github.com/ulid/spec: 01ARYZ6S41…

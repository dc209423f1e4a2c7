"""The cheapest borders are chosen, and no limit is exceeded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from model_layer.chunk_blocks import (
    ALWAYS,
    AT_HEADING,
    AT_LINE,
    AT_PARAGRAPH,
    AT_SENTENCE,
    NEVER,
)
from model_layer.chunk_borders import choose_borders
from model_layer.chunk_units import Unit


def units_of(*described: tuple[int, int]) -> list[Unit]:
    """Units of (tokens, border); ten characters a token."""
    units, start = [], 0
    for tokens, border in described:
        units.append(Unit(start, start + 10 * tokens, tokens, border))
        start += 10 * tokens + 1
    return units


def borders(units: list[Unit], capacity: int = 100) -> list[tuple[int, int]]:
    return choose_borders(units, capacity=capacity, max_characters=10_000)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 100),
            st.sampled_from([AT_HEADING, AT_PARAGRAPH, AT_LINE, AT_SENTENCE, NEVER, ALWAYS]),
            st.booleans(),
            st.integers(0, 3),
        ),
        max_size=30,
    )
)
def test_chunks_cover_all_units_in_order_within_the_limits(
    described: list[tuple[int, int, bool, int]],
) -> None:
    units = [
        Unit(index * 200, index * 200 + 190, tokens, border, level, leads)
        for index, (tokens, border, leads, level) in enumerate(described)
    ]
    chunks = choose_borders(units, capacity=100, max_characters=1_000)
    assert [index for first, last in chunks for index in range(first, last)] == [*range(len(units))]
    for first, last in chunks:
        assert sum(unit.tokens for unit in units[first:last]) <= 100
        assert units[last - 1].end - units[first].start <= 1_000
        assert all(unit.border != ALWAYS for unit in units[first + 1 : last])


def test_a_border_is_put_where_it_costs_least() -> None:
    units = units_of((60, AT_PARAGRAPH), (30, AT_SENTENCE), (60, AT_PARAGRAPH))
    assert borders(units) == [(0, 2), (2, 3)]
    units = units_of((60, AT_PARAGRAPH), (30, AT_PARAGRAPH), (60, AT_SENTENCE))
    assert borders(units) == [(0, 1), (1, 3)]


def test_what_leads_is_not_left_at_a_chunks_end() -> None:
    body, heading = Unit(0, 900, 90, AT_PARAGRAPH), Unit(901, 950, 5, AT_HEADING, 1, leads=True)
    after = Unit(951, 1_800, 90, AT_PARAGRAPH)
    assert borders([body, heading, after]) == [(0, 1), (1, 3)]


def test_no_units_make_no_chunks() -> None:
    assert borders([]) == []


def test_a_chunk_has_no_more_units_than_tokens_so_that_those_without_any_take_no_time() -> None:
    units = [Unit(2 * n, 2 * n + 1, 0, AT_HEADING, level=1, leads=True) for n in range(1_000)]
    chunks = choose_borders(units, capacity=100, max_characters=100_000)
    assert max(last - first for first, last in chunks) <= 100
    assert [first for first, _ in chunks[1:]] == [last for _, last in chunks[:-1]]

"""Where chunks of a text begin and end: the cheapest choice of borders between its units.

Every possible chunk has a cost, and the choice with the least sum wins, as Knuth and Plass break
a paragraph into lines ("Breaking paragraphs into lines", 1981). Knows no text.
"""

from __future__ import annotations

from collections.abc import Sequence

from model_layer.chunk_blocks import ALWAYS, NEVER
from model_layer.chunk_units import Unit

# The costs. A border before a heading is free, so a chunk is a section where sections have some
# fifty tokens or more. A smaller one is cheaper with its neighbour.
CHUNK = 10  # of any chunk: fewer are better
SMALL = 64  # tokens; a chunk with fewer costs up to SMALL_COST
SMALL_COST = 20
TINY = 20  # tokens; such a chunk is hardly ever worth finding
TINY_COST = 1_000
INNER_HEADING = 15  # a heading that is not the chunk's first
HIGHER_HEADING = 10  # more, if its level is above the chunk's first: another chapter begins


def choose_borders(
    units: Sequence[Unit], *, capacity: int, max_characters: int
) -> list[tuple[int, int]]:
    """The chunks of `units`, as (first, after the last).

    No chunk has more than `capacity` tokens or spans more than `max_characters`, unless one unit
    does, or has more units than `capacity`: some have no tokens. Takes time in proportion to the
    units, times those of a chunk.
    """
    best = [0.0] + [float("inf")] * len(units)  # the least cost of units[:n]
    begins = [0] * (len(units) + 1)  # where the last chunk of that choice begins
    level = 0  # of the section that a chunk begins in
    for first in range(len(units)):
        tokens, inner, level = 0, 0, units[first].level or level
        for last in range(first, len(units)):
            unit = units[last]
            tokens += unit.tokens
            if last > first:
                if unit.border == ALWAYS or tokens > capacity or last - first >= capacity:
                    break
                if unit.end - units[first].start > max_characters:
                    break
                if unit.level and not units[last - 1].level:
                    inner += INNER_HEADING + (HIGHER_HEADING if unit.level < level else 0)
            cost = best[first] + CHUNK + max(units[first].border, 0) + inner + _size_cost(tokens)
            if unit.leads and last + 1 < len(units):
                cost += NEVER
            if cost < best[last + 1]:
                best[last + 1], begins[last + 1] = cost, first
    chunks: list[tuple[int, int]] = []
    end = len(units)
    while end:
        chunks.append((begins[end], end))
        end = begins[end]
    return chunks[::-1]


def _size_cost(tokens: int) -> float:
    if tokens >= SMALL:
        return 0
    return SMALL_COST * (1 - tokens / SMALL) + (TINY_COST if tokens < TINY else 0)

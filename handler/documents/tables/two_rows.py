"""Column names over two rows: a group above, and what belongs to it below, such as 2023 and Q1.

Spreadsheets leave the cells empty that a group spans; pandas repeats the group in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from handler.documents.tables.header import is_header
from handler.documents.tables.kinds import kind

MAX_SAMPLE = 100  # rows below the names that are looked at


@dataclass(frozen=True)
class JoinedNames:
    """The names of columns, and the rows that they take."""

    names: list[str] | None  # None: unclear; rows are kept whole
    rows: int


def joined_names(rows: Sequence[Sequence[str]]) -> JoinedNames | None:
    """The names that the first two rows make together; None if they are no such names."""
    if len(rows) < 3:
        return None
    second = rows[1]
    first = [*rows[0], *[""] * (len(second) - len(rows[0]))]
    groups = _groups(first)
    if not groups or len(first) != len(second):
        return None
    repeats = any(first[at] for group in groups for at in group[1:])
    inside = {at for group in groups for at in group}
    outside = [second[at] for at in range(len(second)) if at not in inside]
    if repeats and (not outside or any(outside)):
        return None  # rows below names that occur twice
    if any(kind(cell) not in ("", "text") for cell in outside):
        return None
    below = rows[2 : 2 + MAX_SAMPLE]
    if not all(_names_a_group(group, second, below) for group in groups):
        is_likely = outside and not any(outside) and all(second[at] for at in inside)
        return JoinedNames(None, 0) if is_likely and not repeats else None
    spanned = list(first)
    for group in groups:
        for at in group:
            spanned[at] = first[group[0]]
    names = [" ".join(filter(None, pair)) for pair in zip(spanned, second, strict=True)]
    index = below[0]
    if not names[0] and index[:1] != [""] and not any(index[1:]) and len(below) > 1:
        return JoinedNames([index[0], *names[1:]], 3)  # the name of pandas' index
    return JoinedNames(names, 2)


def _groups(first: Sequence[str]) -> list[list[int]]:
    """The columns of each cell that spans several."""
    groups: list[list[int]] = [[0]] if first and first[0] else []
    for (_, before), (at, cell) in pairwise(enumerate(first)):
        if groups and (not cell or cell == before):
            groups[-1].append(at)
        elif cell:
            groups.append([at])
    return [group for group in groups if len(group) > 1]


def _names_a_group(
    group: Sequence[int], second: Sequence[str], below: Sequence[Sequence[str]]
) -> bool:
    names = [second[at] for at in group]
    columns = [[row[at] if at < len(row) else "" for at in group] for row in below]
    return all(names) and len(set(names)) == len(names) and is_header(names, columns)

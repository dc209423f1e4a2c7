"""Tables of the documents benchmark. Does not measure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.documents.charsets import CharsetCounts
from benchmarks.documents.comparison import Compared, Reader, worst
from benchmarks.documents.words import FAULTS
from benchmarks.measuring.tables import table

LOW = 0.95
WORST = 3  # files named for each format


@dataclass
class DocumentsResult:
    """A run, as results/documents.json keeps it."""

    setting: str
    machine: str
    compared: list[Compared]
    charsets: list[CharsetCounts]
    skipped: list[str]


Row = tuple[Compared, Reader]


def tables(result: DocumentsResult) -> list[str]:
    rows = [(one, reader) for one in result.compared for reader in one.readers]
    parts = [
        f"{result.setting}; {result.machine}",
        table(rows, WORDS),
        "What shows without a truth, and what reading costs:",
        table(rows, COSTS),
    ]
    if result.charsets:
        parts += ["Texts in a character set that is not declared:", table(result.charsets, SETS)]
    if lines := [*_worst_lines(result.compared)]:
        parts += ["Read worst by the first of the readers:", "\n".join(lines)]
    if result.skipped:
        parts.append("\n".join(f"- {reason}" for reason in result.skipped))
    return parts


def summary(result: DocumentsResult) -> str:
    """The words found, a line for each format."""
    columns: dict[str, Callable[[Compared], str]] = {
        "format": lambda one: f"{one.format}, beside {one.reference}",
        "files": lambda one: f"{len(one.readers[0].files)}",
    }
    for number, reader in enumerate(result.compared[0].readers):
        for name, of in (("median", statistics.median), ("mean", statistics.mean)):
            columns[f"{reader.name}: {name}"] = _of_reader(number, of)
    return table(result.compared, columns)


def _of_reader(number: int, of: Callable[[Sequence[float]], float]) -> Callable[[Compared], str]:
    return lambda one: _share(one.readers[number], of)


def shares(reader: Reader) -> list[float]:
    return [one.found for one in reader.files if one.found is not None]


def _share(reader: Reader, of: Callable[[Sequence[float]], float]) -> str:
    return f"{of(shares(reader)):.1%}" if shares(reader) else "—"


def _faulty(fault: str) -> Callable[[Row], str]:
    return lambda row: str(sum(fault in one.faults for one in row[1].files))


def _seconds(row: Row) -> list[float]:
    return [one.seconds for one in row[1].files] or [0.0]


WORDS: dict[str, Callable[[Row], str]] = {
    "format": lambda row: f"{row[0].format}, beside {row[0].reference}",
    "reader": lambda row: row[1].name,
    "files": lambda row: f"{len(row[1].files)}",
    "refused": lambda row: f"{sum(bool(one.rejected) for one in row[1].files)}",
    "words found, median": lambda row: _share(row[1], statistics.median),
    "mean": lambda row: _share(row[1], statistics.mean),
    f"files under {LOW:.0%}": lambda row: f"{sum(share < LOW for share in shares(row[1]))}",
    "with warnings": lambda row: f"{sum(one.warnings > 0 for one in row[1].files)}",
}
COSTS: dict[str, Callable[[Row], str]] = {
    "format": lambda row: row[0].format,
    "reader": lambda row: row[1].name,
    **{f"files with {fault}": _faulty(fault) for fault in FAULTS},
    "ms a file, median": lambda row: f"{statistics.median(_seconds(row)) * 1_000:,.0f}",
    "s, all": lambda row: f"{sum(_seconds(row)):,.1f}",
    "peak MB": lambda row: f"{row[1].peak_mb:,.0f}",
}
SETS: dict[str, Callable[[CharsetCounts], str]] = {
    "character sets": lambda one: one.group,
    "reader": lambda one: one.reader,
    "texts": lambda one: f"{one.texts}",
    "right": lambda one: f"{one.right}",
    "refused": lambda one: f"{one.refused}",
    "wrong with a warning": lambda one: f"{one.warned}",
    "wrong in silence": lambda one: f"{one.wrong}",
    "wrong in silence for": lambda one: ", ".join(one.wrong_sets) or "—",
}


def _worst_lines(compared: Sequence[Compared]) -> Iterator[str]:
    for one in compared:
        for read in worst(one.readers[0].files, WORST):
            faults = "".join(f", {count} {fault}" for fault, count in read.faults.items())
            yield f"- {one.format}: {read.file}: {read.found or 0:.1%}{faults}"

"""Tables and a plot of cold starts. Does not measure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.measuring.prices import FORMULA, GB_SECOND, dollars
from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.tables import spread, table
from handler.settings import MEMORY_PER_CPU

OURS, EMPTY = "minilm-lambda", "empty"
TUNED = "empty, tuned as ours"
LIMIT_MS = 10_000  # Lambda ends a longer init and starts over


@dataclass(frozen=True)
class Start:
    """One life of a container."""

    init_ms: float  # from the container's first command to the question for work
    init_cpu_ms: float  # of it, at work
    read_mb: float | None  # from the disk, during init; None: not allowed to know
    first_ms: float  # the first invocation
    warm_ms: float  # the median of the next ones
    peak_mb: float  # resident, after all of these
    batch_ms: float | None  # an invocation with many texts; None: not measured


@dataclass
class Starts:
    """A function's starts at one size."""

    name: str
    memory: int  # MB
    cold: bool = False  # with an empty page cache
    ids: bool = False  # requests have cl100k token ids instead of a text
    starts: list[Start] = field(default_factory=list)
    failure: str = ""

    def all(self, figure: str) -> list[float]:
        """A figure of each start, where it was measured."""
        return [value for one in self.starts if (value := getattr(one, figure)) is not None]

    def median(self, figure: str) -> float:
        return statistics.median(self.all(figure))


@dataclass
class ColdStartResult:
    """A run, as results/cold-start.json keeps it."""

    setting: str
    machine: str
    batch_tokens: int  # in the texts of the large request
    measured: list[Starts]


Columns = dict[str, Callable[[Starts], str]]


def tables(result: ColdStartResult) -> list[str]:
    at_one_cpu = [
        one
        for one in result.measured
        if one.memory == MEMORY_PER_CPU and one.starts and not one.ids
    ]
    warm = [one for one in at_one_cpu if not one.cold]
    parts = [
        f"{result.setting}\n{result.machine}",
        sizes([one for one in result.measured if not one.cold]),
    ]
    if cold := [one for one in at_one_cpu if one.cold]:
        parts += [f"With an empty page cache, at {MEMORY_PER_CPU:,} MB:", empty_cache(cold)]
    heading = f"Costs at {MEMORY_PER_CPU:,} MB, of warm requests:"
    return [*parts, heading, costs(warm, result.batch_tokens), FORMULA]


def sizes(measured: Sequence[Starts]) -> str:
    """Each function at each size."""

    def median(figure: str, digits: int = 0) -> Callable[[Starts], str]:
        return lambda one: f"{one.median(figure):,.{digits}f}" if one.starts else "–"

    def init(one: Starts) -> str:
        if not one.starts:
            return one.failure.splitlines()[-1]
        over = " (over Lambda's 10 s)" if one.median("init_ms") > LIMIT_MS else ""
        return spread(one.all("init_ms")) + over

    columns: Columns = {
        "function": lambda one: one.name + ", token ids" * one.ids,
        "MB": lambda one: f"{one.memory:,}",
        "init, ms": init,
        **ratios((EMPTY, TUNED, REFERENCE), measured),
        "CPU time of it, ms": median("init_cpu_ms"),
        "first request, ms": median("first_ms", 1),
        "warm, ms": median("warm_ms", 2),
        "peak MB": median("peak_mb"),
    }
    return table(measured, columns)


def empty_cache(measured: Sequence[Starts]) -> str:
    """Init with everything to be read from the disk."""
    columns: Columns = {
        "function": lambda one: one.name,
        "init, ms": lambda one: spread(one.all("init_ms")),
        **ratios((EMPTY, TUNED), measured),
        "MB read": lambda one: f"{one.median('read_mb'):,.0f}",
        "first request, ms": lambda one: f"{one.median('first_ms'):,.1f}",
    }
    return table(measured, columns)


def costs(measured: Sequence[Starts], tokens: int) -> str:
    """Dollars per million requests of one short text, and per million tokens."""

    def price(figure: str, each: int, digits: int, architecture: str) -> Callable[[Starts], str]:
        def cell(one: Starts) -> str:
            if figure == "batch_ms" and one.name in (EMPTY, TUNED):  # it encodes nothing
                return "–"
            cost = dollars(one.median(figure), one.memory, architecture)
            return f"{1e6 * cost / each:.{digits}f}"

        return cell

    columns: Columns = {
        "function": lambda one: one.name,
        "one short text, ms": lambda one: f"{one.median('warm_ms'):.2f}",
        "tokens/s": lambda one: (
            "–" if one.name in (EMPTY, TUNED) else f"{tokens / one.median('batch_ms') * 1000:,.0f}"
        ),
        **{f"$/M requests, {name}": price("warm_ms", 1, 2, name) for name in GB_SECOND},
        **{f"$/M tokens, {name}": price("batch_ms", tokens, 4, name) for name in GB_SECOND},
    }
    return table(measured, columns)


def ratios(others: Sequence[str], measured: Sequence[Starts]) -> Columns:
    """A column for each of the other functions that were measured."""
    names = {one.name for one in measured}
    return {f"÷ {other}": ratio(other, measured) for other in others if other in names}


def ratio(other: str, measured: Sequence[Starts]) -> Callable[[Starts], str]:
    """Its init divided by that of another function of the same size."""
    inits = {
        one.memory: one.median("init_ms") for one in measured if one.name == other and one.starts
    }
    return lambda one: (
        f"{one.median('init_ms') / inits[one.memory]:.2f}"
        if one.starts and one.memory in inits
        else "–"
    )

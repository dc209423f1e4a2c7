"""Tables and plots of libraries and servers side by side. Does not measure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from benchmarks.measuring.prices import dollars
from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.tables import spread, table
from benchmarks.peers import servers
from benchmarks.peers.bar_charts import bar_charts
from benchmarks.peers.library import LibraryResult, Measurement
from benchmarks.peers.servers import LoadFigures, ServersResult
from handler.settings import MEMORY_PER_CPU

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Columns = dict[str, Callable[[Measurement], str]]


def library_tables(result: LibraryResult) -> list[str]:
    parts = [f"{result.setting}\n{result.machine}"]
    for threads in dict.fromkeys(one.threads for one in result.measured):
        some = with_threads(result, threads)
        title = f"{threads} threads" if threads > 1 else f"1 thread, as at {MEMORY_PER_CPU:,} MB"
        parts += [f"With {title}:", speeds(some, [*result.tokens])]
        parts.append(others(some, result.tokens["mixed"]))
    return parts


def with_threads(result: LibraryResult, threads: int) -> list[Measurement]:
    return [one for one in result.measured if one.threads == threads]


def speeds(measured: Sequence[Measurement], kinds: Sequence[str]) -> str:
    """Tokens per second with their spread, and the ratio to the reference."""
    base = reference(measured)

    def speed(kind: str) -> Columns:
        return {
            f"{kind} texts, tokens/s": lambda one: spread(one.tokens_per_second[kind]),
            f"{kind}, ratio": lambda one: f"{one.median(kind) / base.median(kind):.2f}",
        }

    columns: Columns = {"library": lambda one: one.name}
    for kind in kinds:
        columns |= speed(kind)
    return table(measured, columns)


def others(measured: Sequence[Measurement], mixed_tokens: int) -> str:
    """Latency, memory and fidelity; and on one CPU the price of a million tokens."""
    base = reference(measured)
    columns: Columns = {
        "library": lambda one: one.name,
        "one short text, p50, ms": lambda one: f"{one.percentile(50):.2f}",
        "p99, ms": lambda one: f"{one.percentile(99):.2f}",
        "ratio": lambda one: f"{base.percentile(50) / one.percentile(50):.2f}",
        "peak MB": lambda one: f"{one.peak_mb:.0f}",
        "mean cosine": lambda one: f"{one.mean_cosine:.6f}",
        "worst cosine": lambda one: f"{one.worst_cosine:.6f}",
    }
    if base.threads == 1:
        columns["$/M tokens"] = lambda one: f"{price(one, mixed_tokens):.4f}"
    return table(measured, columns)


def reference(measured: Sequence[Measurement]) -> Measurement:
    return next(one for one in measured if one.name == REFERENCE)


def price(one: Measurement, mixed_tokens: int) -> float:
    """Dollars per million tokens on Lambda (x86) with one CPU and all mixed texts in a request."""
    ms = 1_000 * mixed_tokens / one.median("mixed")
    return 1e6 * dollars(ms, MEMORY_PER_CPU, "x86") / mixed_tokens


def server_tables(result: ServersResult) -> list[str]:
    columns: dict[str, Callable[[servers.Measurement], str]] = {
        "server": lambda one: one.name,
        "start to first answer, s": lambda one: f"{one.start_seconds:.1f}",
        "peak MB": lambda one: f"{one.peak_mb:.0f}",
        "worst cosine": lambda one: f"{one.worst_cosine:.6f}",
    }
    parts = [f"{result.setting}\n{result.machine}", table(result.measured, columns)]
    for load in result.measured[0].loads:
        parts += [f"{load} a request:", answers(load, result.measured)]
    return parts


def answers(load: str, measured: Sequence[servers.Measurement]) -> str:
    """How the servers answered one load."""
    rows = {one.name: one.loads[load] for one in measured}
    base = rows[REFERENCE].rate
    columns: dict[str, Callable[[tuple[str, LoadFigures]], str]] = {
        "server": lambda row: row[0],
        "requests/s": lambda row: spread(row[1].requests_per_second, 1),
        "ratio": lambda row: f"{row[1].rate / base:.2f}",
        "tokens/s": lambda row: f"{statistics.median(row[1].tokens_per_second):,.0f}",
        "p50, ms": lambda row: f"{row[1].p50_ms:.1f}",
        "p99, ms": lambda row: f"{row[1].p99_ms:.1f}",
        "errors": lambda row: f"{row[1].errors}",
    }
    return table(rows.items(), columns)


def summary(libraries: LibraryResult, served: ServersResult) -> list[str]:
    """A line for each contestant: libraries with most threads, their price with one."""
    threads = libraries.measured[-1].threads
    encoded = with_threads(libraries, threads)
    base, costs = reference(encoded), prices(libraries)
    library: Columns = {
        "library": lambda one: one.name,
        "mixed texts, tokens/s": lambda one: f"{one.median('mixed'):,.0f}",
        "ratio": lambda one: f"{one.median('mixed') / base.median('mixed'):.2f}",
        "one short text, p50, ms": lambda one: f"{one.percentile(50):.2f}",
        "peak MB": lambda one: f"{one.peak_mb:.0f}",
        "worst cosine": lambda one: f"{one.worst_cosine:.5f}",
        "$/M tokens": lambda one: f"{costs[one.name]:.4f}" if costs else "–",
    }
    alone, many, _ = served.measured[0].loads
    server: dict[str, Callable[[servers.Measurement], str]] = {
        "server": lambda one: one.name,
        f"{alone}: p50, ms": lambda one: f"{one.loads[alone].p50_ms:.1f}",
        f"{many}: requests/s": lambda one: f"{one.loads[many].rate:,.0f}",
        "p99, ms": lambda one: f"{one.loads[many].p99_ms:.0f}",
        "peak MB": lambda one: f"{one.peak_mb:.0f}",
    }
    setting = f"{threads} threads; {libraries.machine}"
    return [setting, table(encoded, library), table(served.measured, server)]


def plot(libraries: LibraryResult) -> Figure:
    """Throughput and cost beside the peers: the plot of the README."""
    threads = libraries.measured[-1].threads
    encoded, costs = with_threads(libraries, threads), prices(libraries)
    charts = {
        f"tokens/s on {threads} CPUs (more is better)": {
            one.name: f"{one.median('mixed'):,.0f}" for one in encoded
        },
        "$ per million tokens (less is better)": {
            name: f"{cost:.4f}" for name, cost in costs.items()
        },
    }
    return bar_charts([one.name for one in encoded], charts)


def prices(libraries: LibraryResult) -> dict[str, float]:
    """Dollars per million tokens, by contestant; none unless one thread was measured."""
    mixed = libraries.tokens["mixed"]
    return {one.name: price(one, mixed) for one in with_threads(libraries, 1)}

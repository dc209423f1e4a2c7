"""The summary and the plot: libraries with their price, and servers. Does not measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.measuring.tables import table
from benchmarks.peers import servers
from benchmarks.peers.bar_charts import bar_charts
from benchmarks.peers.library import AVX2, NATIVE, LibraryResult, Measurement
from benchmarks.peers.library_report import measured, price_heading, prices, reference
from benchmarks.peers.servers import ServersResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Sides = dict[str, dict[str, Measurement]]


def sides(libraries: LibraryResult) -> Sides:
    """What was measured with the least threads: instructions → name → figures. AVX2 first."""
    threads = libraries.measured[0].threads
    found = {
        instructions: {one.name: one for one in measured(libraries, threads, instructions)}
        for instructions in (AVX2, NATIVE)
    }
    return {instructions: some for instructions, some in found.items() if some}


def summary(libraries: LibraryResult, served: ServersResult) -> list[str]:
    """A line for each contestant: libraries with the least threads, on each side."""
    found, costs = sides(libraries), prices(libraries)
    side, first = next(iter(found.items()))
    columns: dict[str, Callable[[str], str]] = {"library": lambda name: name}
    for instructions, some in found.items():
        columns |= _speeds(instructions, some)
    columns |= {
        f"one short text, {side}, p50, ms": lambda name: shown(
            first, name, lambda one: f"{one.percentile(50):.2f}"
        ),
        "peak MB": lambda name: f"{found[NATIVE][name].peak_mb:.0f}",
        f"worst cosine, {side}": lambda name: shown(
            first, name, lambda one: f"{one.worst_cosine:.5f}"
        ),
    }
    if costs:
        heading = price_heading(libraries.architecture)
        columns[heading] = lambda name: f"{costs[name]:.4f}" if name in costs else "–"
    alone, many, _ = served.measured[0].loads
    server: dict[str, Callable[[servers.Measurement], str]] = {
        "server": lambda one: one.name,
        f"{alone}: p50, ms": lambda one: f"{one.loads[alone].p50_ms:.1f}",
        f"{many}: requests/s": lambda one: f"{one.loads[many].rate:,.0f}",
        "p99, ms": lambda one: f"{one.loads[many].p99_ms:.0f}",
        "peak MB": lambda one: f"{one.peak_mb:.0f}",
    }
    threads = libraries.measured[0].threads
    setting = [f"Libraries: {threads} thread{'s'[: threads > 1]}; {libraries.machine}"]
    return [
        "\n".join([*setting, *libraries.missing]),
        table(found[NATIVE], columns),
        f"Servers, natively: {served.setting}",
        table(served.measured, server),
    ]


def _speeds(instructions: str, some: dict[str, Measurement]) -> dict[str, Callable[[str], str]]:
    base = reference([*some.values()]).median("mixed")
    return {
        f"mixed texts, {instructions}, tokens/s": lambda name: shown(
            some, name, lambda one: f"{one.median('mixed'):,.0f}"
        ),
        f"{instructions}, ratio": lambda name: shown(
            some, name, lambda one: f"{one.median('mixed') / base:.2f}"
        ),
    }


def shown(some: dict[str, Measurement], name: str, cell: Callable[[Measurement], str]) -> str:
    """The cell of this contestant; a dash if it did not run."""
    return cell(some[name]) if name in some else "–"


def plot(libraries: LibraryResult) -> Figure:
    """Throughput on both sides and cost, beside the peers: the plot of the README."""
    found, costs = sides(libraries), prices(libraries)
    headings = {AVX2: "AVX2 only, as on Lambda's x86", NATIVE: "all of this CPU"}
    charts = {
        f"tokens/s, {headings[instructions]}": {
            name: f"{one.median('mixed'):,.0f}" for name, one in some.items()
        }
        for instructions, some in found.items()
    }
    if costs:
        charts[f"$ per million tokens ({libraries.architecture})"] = {
            name: f"{cost:.4f}" for name, cost in costs.items()
        }
    return bar_charts([*found[NATIVE]], charts)

"""Tables of the servers side by side. Does not measure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.tables import spread, table
from benchmarks.peers.servers import LoadFigures, Measurement, ServersResult


def server_tables(result: ServersResult) -> list[str]:
    columns: dict[str, Callable[[Measurement], str]] = {
        "server": lambda one: one.name,
        "start to first answer, s": lambda one: f"{one.start_seconds:.1f}",
        "peak MB": lambda one: f"{one.peak_mb:.0f}",
        "worst cosine": lambda one: f"{one.worst_cosine:.6f}",
    }
    parts = [f"{result.setting}\n{result.machine}", table(result.measured, columns)]
    for load in result.measured[0].loads:
        parts += [f"{load} a request:", answers(load, result.measured)]
    return parts


def answers(load: str, measured: Sequence[Measurement]) -> str:
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

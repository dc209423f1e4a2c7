"""Tables of the libraries side by side, and what they cost on Lambda. Does not measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.measuring.prices import dollars
from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.tables import spread, table
from benchmarks.peers.library import AVX2, LARGE, NATIVE, LibraryResult, Measurement
from handler.settings import MEMORY_PER_CPU

Columns = dict[str, Callable[[Measurement], str]]
TITLES = {NATIVE: "all that the CPU has", AVX2: "AVX2 and nothing newer, as on Lambda's x86"}


def library_tables(result: LibraryResult) -> list[str]:
    parts = ["\n".join([result.setting, result.machine, *result.missing])]
    costs = prices(result)
    for threads, instructions in dict.fromkeys(
        (one.threads, one.instructions) for one in result.measured
    ):
        some = measured(result, threads, instructions)
        title = f"{threads} threads" if threads > 1 else f"1 thread, as at {MEMORY_PER_CPU:,} MB"
        paid = costs if some == costed(result) else {}
        parts += [f"With {title}; {TITLES[instructions]}:", speeds(some, [*result.tokens])]
        parts.append(others(some, paid, result.architecture))
    return parts


def measured(result: LibraryResult, threads: int, instructions: str) -> list[Measurement]:
    return [
        one for one in result.measured if (one.threads, one.instructions) == (threads, instructions)
    ]


def speeds(measured: Sequence[Measurement], kinds: Sequence[str]) -> str:
    """Tokens per second with their spread, and the ratio to the reference."""
    base = reference(measured)

    def speed(kind: str) -> Columns:
        name = kind if kind == LARGE else f"{kind} texts"
        return {
            f"{name}, tokens/s": lambda one: figure(one, kind, spread),
            f"{kind}, ratio": lambda one: figure(
                one, kind, lambda _: f"{one.median(kind) / base.median(kind):.2f}"
            ),
        }

    columns: Columns = {"library": lambda one: one.name}
    for kind in kinds:
        columns |= speed(kind)
    return table(measured, columns)


def figure(one: Measurement, kind: str, shown: Callable[[Sequence[float]], str]) -> str:
    """A dash where the contestant did not take part."""
    speeds = one.tokens_per_second.get(kind)
    return shown(speeds) if speeds else "–"


def others(measured: Sequence[Measurement], costs: dict[str, float], architecture: str) -> str:
    """Latency, memory and fidelity; and the price of a million tokens, by name, if there is one."""
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
    if costs:
        columns[price_heading(architecture)] = lambda one: f"{costs[one.name]:.4f}"
    return table(measured, columns)


def reference(measured: Sequence[Measurement]) -> Measurement:
    return next(one for one in measured if one.name == REFERENCE)


def price_heading(architecture: str) -> str:
    return f"$/M tokens, {architecture}"


def prices(result: LibraryResult) -> dict[str, float]:
    """Dollars per million tokens, by contestant; none unless one thread was measured."""
    tokens = result.tokens["mixed"]
    return {one.name: price(one, tokens, result.architecture) for one in costed(result)}


def costed(result: LibraryResult) -> list[Measurement]:
    """What a function of one CPU is most like: with one thread, and AVX2 alone if it is x86."""
    return measured(result, 1, AVX2) or measured(result, 1, NATIVE)


def price(one: Measurement, mixed_tokens: int, architecture: str) -> float:
    """Dollars per million tokens on Lambda with one CPU and all mixed texts in a request."""
    ms = 1_000 * mixed_tokens / one.median("mixed")
    return 1e6 * dollars(ms, MEMORY_PER_CPU, architecture) / mixed_tokens

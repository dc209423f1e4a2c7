"""The contestants as libraries, to tables, a plot and their raw numbers. Does not measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from benchmarks.contestants import REFERENCE
from benchmarks.library import TEXTS, Measurement
from benchmarks.prices import dollars
from benchmarks.report import plot, save, spread
from handler.settings import MEMORY_PER_CPU


def report(setting: str, machine: str, measured: Sequence[Measurement], mixed_tokens: int) -> None:
    """Print the tables; save them, the plot and the numbers."""
    parts = [f"{setting}\n{machine}"]
    for threads in dict.fromkeys(one.threads for one in measured):
        these = [one for one in measured if one.threads == threads]
        parts += [f"With {counted(threads)}:", speeds(these), others(these, mixed_tokens)]
    numbers = {"setting": setting, "machine": machine, "measured": [asdict(m) for m in measured]}
    last = [one for one in measured if one.threads == measured[-1].threads]
    title = f"as libraries, {counted(last[0].threads)}"
    charts = {
        "mixed texts, tokens/s": [one.tokens_per_second["mixed"] for one in last],
        "one short text, ms": [[one.percentile(50)] for one in last],
        "peak memory, MB": [[one.peak_mb] for one in last],
    }
    save(
        "library",
        "\n\n".join(parts) + "\n",
        numbers,
        plot(title, [one.name for one in last], charts),
    )


def counted(threads: int) -> str:
    """One thread is all that a function of one CPU has to offer."""
    return f"{threads} threads" if threads > 1 else f"1 thread, as at {MEMORY_PER_CPU:,} MB"


def speeds(measured: Sequence[Measurement]) -> str:
    """In Markdown: tokens per second, with their spread and the ratio to the reference."""
    base = reference(measured)
    heads = [f"{kind} texts, tokens/s | ratio" for kind in TEXTS]
    rows = ["| | " + " | ".join(heads) + " |", "|---" * (1 + 2 * len(heads)) + "|"]
    for one in measured:
        cells = [
            f"{spread(one.tokens_per_second[kind])} | {one.median(kind) / base.median(kind):.2f}"
            for kind in TEXTS
        ]
        rows.append(f"| {one.name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def others(measured: Sequence[Measurement], mixed_tokens: int) -> str:
    """In Markdown: latency, memory and fidelity; and at one CPU what a million tokens cost."""
    at_one_cpu = measured[0].threads == 1
    rows = [
        "| | one short text, p50, ms | p99, ms | ratio | peak MB | mean cosine | worst cosine |"
        + " $/M tokens |" * at_one_cpu,
        "|---" * (7 + at_one_cpu) + "|",
    ]
    base = reference(measured)
    for one in measured:
        row = (
            f"| {one.name} | {one.percentile(50):.2f} | {one.percentile(99):.2f} "
            f"| {base.percentile(50) / one.percentile(50):.2f} | {one.peak_mb:.0f} "
            f"| {one.mean_cosine:.6f} | {one.worst_cosine:.6f} |"
        )
        rows.append(row + f" {price(one, mixed_tokens):.4f} |" * at_one_cpu)
    return "\n".join(rows)


def reference(measured: Sequence[Measurement]) -> Measurement:
    return next(one for one in measured if one.name == REFERENCE)


def price(one: Measurement, mixed_tokens: int) -> float:
    """Dollars per million tokens on Lambda (x86), if all mixed texts are one request at one CPU."""
    ms = 1_000 * mixed_tokens / one.median("mixed")
    return 1e6 * dollars(ms, MEMORY_PER_CPU, "x86") / mixed_tokens

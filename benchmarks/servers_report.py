"""The contestants as servers, to tables, a plot and their raw numbers. Does not measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.contestants import REFERENCE
from benchmarks.load import Answers
from benchmarks.report import plot, save, spread
from benchmarks.servers import Measurement


def rate(answers: Answers) -> float:
    return answers.requests_per_second


def tokens_rate(answers: Answers) -> float:
    return answers.tokens_per_second


def p50(answers: Answers) -> float:
    return float(np.percentile(answers.milliseconds, 50))


def report(setting: str, machine: str, measured: Sequence[Measurement]) -> None:
    """Print the tables; save them, the plot and the numbers."""
    loads = list(measured[0].answers)
    parts = [f"{setting}\n{machine}", starts(measured)]
    for load in loads:
        parts += [f"{load} a request:", table(load, measured)]
    alone, many, large = loads
    charts = {
        f"{alone}:\np50, ms": [[*map(p50, one.answers[alone])] for one in measured],
        f"{many}:\nrequests/s": [[*map(rate, one.answers[many])] for one in measured],
        f"{large}:\ntokens/s": [[*map(tokens_rate, one.answers[large])] for one in measured],
    }
    numbers = {
        "setting": setting,
        "machine": machine,
        "measured": [as_numbers(one) for one in measured],
    }
    figure = plot(f"as servers; {setting}", [one.name for one in measured], charts)
    save("servers", "\n\n".join(parts) + "\n", numbers, figure)


def table(load: str, measured: Sequence[Measurement]) -> str:
    """In Markdown: how one load was answered."""
    rows = [
        "| | requests/s (spread) | ratio | tokens/s | p50, ms | p99, ms | errors |",
        "|---" * 7 + "|",
    ]
    base = next(one for one in measured if one.name == REFERENCE)
    for one in measured:
        rows.append(
            f"| {one.name} | {spread([rate(a) for a in one.answers[load]], 1)} "
            f"| {one.median(load, rate) / base.median(load, rate):.2f} "
            f"| {one.median(load, tokens_rate):,.0f} "
            f"| {one.percentile(load, 50):.1f} | {one.percentile(load, 99):.1f} "
            f"| {sum(a.errors for a in one.answers[load])} |"
        )
    return "\n".join(rows)


def starts(measured: Sequence[Measurement]) -> str:
    """In Markdown: what does not depend on the load."""
    rows = ["| | start to first answer, s | peak MB | worst cosine |", "|---" * 4 + "|"]
    rows += [
        f"| {one.name} | {one.start_seconds:.1f} | {one.peak_mb:.0f} | {one.worst_cosine:.6f} |"
        for one in measured
    ]
    return "\n".join(rows)


def as_numbers(one: Measurement) -> dict[str, object]:
    """All but the single requests' milliseconds."""
    rounds = {
        load: [
            {
                "requests_per_second": rate(a),
                "tokens_per_second": tokens_rate(a),
                "p50_ms": p50(a),
                "p99_ms": float(np.percentile(a.milliseconds, 99)),
                "errors": a.errors,
            }
            for a in answers
        ]
        for load, answers in one.answers.items()
    }
    facts = ("name", "start_seconds", "peak_mb", "worst_cosine")
    return {name: getattr(one, name) for name in facts} | {"loads": rounds}

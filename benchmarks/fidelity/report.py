"""Tables of fidelity. Does not measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.fidelity.figures import NEIGHBOURS, Figures, Spread
from benchmarks.measuring.reference import REFERENCE
from benchmarks.measuring.tables import table


@dataclass
class FidelityResult:
    """A run, as results/fidelity.json keeps it."""

    setting: str
    machine: str
    lengths: dict[str, int]  # the number of evaluation texts by length
    scripts: dict[str, int]  # … and by script
    pairs: dict[str, int]  # that people have judged, by set
    reference: dict[str, tuple[float, float]]  # its agreement with people, by set
    measured: list[Figures]


def tables(result: FidelityResult) -> list[str]:
    return [
        f"{result.setting}\n{result.machine}",
        whole(result),
        by_group("tokens", result.lengths, result),
        by_group("script", result.scripts, result),
        people(result),
    ]


def whole(result: FidelityResult) -> str:
    """All evaluation texts, and the neighbours found."""
    columns: dict[str, Callable[[Figures], str]] = {
        "precision": lambda one: one.name,
        "mean cosine": lambda one: f"{one.cosines.mean:.6f}",
        "1st percentile": lambda one: f"{one.cosines.percentile:.6f}",
        "worst": lambda one: f"{one.cosines.worst:.6f}",
    }

    def shared(other: str, kind: str) -> Callable[[Figures], str]:
        return lambda one: f"{getattr(one.overlaps[other], kind):.1%}"

    for other in result.measured[0].overlaps:
        for kind in ("passages", "documents"):
            columns[f"same {NEIGHBOURS} nearest {kind} as {other}"] = shared(other, kind)
    return table(result.measured, columns)


def by_group(label: str, counts: dict[str, int], result: FidelityResult) -> str:
    """Mean, 1st percentile and worst cosine of each group of texts."""

    def cell(one: Figures) -> Callable[[str], str]:
        return lambda group: three(one.groups[group])

    columns: dict[str, Callable[[str], str]] = {
        label: lambda group: group,
        "texts": lambda group: str(counts[group]),
        **{f"{one.name}: mean / 1st percentile / worst": cell(one) for one in result.measured},
    }
    return table(counts, columns)


def three(one: Spread) -> str:
    return f"{one.mean:.6f} / {one.percentile:.6f} / {one.worst:.6f}"


def people(result: FidelityResult) -> str:
    """Correlation with people's judgements."""

    def cell(agreements: dict[str, tuple[float, float]]) -> Callable[[str], str]:
        return lambda name: "{:.4f} / {:.4f}".format(*agreements[name])

    encoders = {REFERENCE: result.reference} | {one.name: one.people for one in result.measured}
    columns: dict[str, Callable[[str], str]] = {
        "judgements": lambda name: name,
        "pairs": lambda name: str(result.pairs[name]),
        **{f"{name}: Pearson / Spearman": cell(found) for name, found in encoders.items()},
    }
    return table(result.pairs, columns)

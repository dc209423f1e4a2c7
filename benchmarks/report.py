"""Measurements to a table, a plot and their raw numbers, in `benchmarks/results/`."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # where it is used it is imported late: it takes its time
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("onnxruntime", "torch", "sentence-transformers", "fastembed")
INSTRUCTIONS = ("avx2", "avx512f", "avx512_vnni", "amx_int8", "asimddp", "i8mm")
COLORS = {"minilm-lambda": "#d1495b"}  # the others are grey


@dataclass
class Measurement:
    """One contestant's figures; a list has one number a round."""

    name: str
    worst_cosine: float  # with the reference's vectors of the same texts
    tokens_per_second: list[float] = field(default_factory=list)
    short_text_ms: list[float] = field(default_factory=list)
    peak_mb: float = 0.0  # resident


def report(name: str, setting: str, measured: Sequence[Measurement], *, reference: str) -> None:
    """Print the table; save table, plot and numbers."""
    numbers = {"setting": setting, "machine": machine(), "measured": [asdict(m) for m in measured]}
    text = f"{setting}\n{machine()}\n\n{table(measured, reference)}\n"
    save(name, text, numbers, plot(measured, setting))


def save(name: str, text: str, numbers: dict[str, Any], figure: Figure) -> None:
    """Print the text; save text, plot and numbers as `results/<name>.{md,svg,json}`."""
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text)
    (RESULTS / f"{name}.json").write_text(json.dumps(numbers, indent=1) + "\n")
    figure.savefig(RESULTS / f"{name}.svg", metadata={"Date": None})


def table(measured: Sequence[Measurement], reference: str) -> str:
    """In Markdown: medians, with their spread (least and most) and the ratio to the reference."""
    base = statistics.median(next(m for m in measured if m.name == reference).tokens_per_second)
    rows = [
        "| | tokens/s (spread) | ratio | one short text, ms (spread) | peak MB | worst cosine |",
        "|---|---|---|---|---|---|",
    ]
    for one in measured:
        speed, short = one.tokens_per_second, one.short_text_ms
        rows.append(
            f"| {one.name} "
            f"| {statistics.median(speed):,.0f} ({min(speed):,.0f}–{max(speed):,.0f}) "
            f"| {statistics.median(speed) / base:.2f} "
            f"| {statistics.median(short):.2f} ({min(short):.2f}–{max(short):.2f}) "
            f"| {one.peak_mb:.0f} | {one.worst_cosine:.6f} |"
        )
    return "\n".join(rows)


def plot(measured: Sequence[Measurement], setting: str) -> Figure:
    """Two bar charts, side by side."""
    figure, axes = panels(2, setting)
    names = [one.name for one in measured]
    bars(
        axes[0],
        "tokens per second (more is better)",
        names,
        [m.tokens_per_second for m in measured],
    )
    bars(axes[1], "one short text, ms (less is better)", names, [m.short_text_ms for m in measured])
    return figure


def panels(count: int, title: str, *, height: float = 2.6) -> tuple[Figure, Sequence[Axes]]:
    """A figure of so many panels, side by side."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "minilm-lambda"  # the same ids on every run
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, count, figsize=(9, height), layout="constrained")
    figure.suptitle(title, fontsize=9, color="#555555")
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
    return figure, axes


def bars(panel: Axes, title: str, names: Sequence[str], rounds: Sequence[Sequence[float]]) -> None:
    """The medians as bars, ours in red, with the spread over the rounds as error bars."""
    medians = [statistics.median(values) for values in rounds]
    spread = [
        [m - min(values) for m, values in zip(medians, rounds, strict=True)],
        [max(values) - m for m, values in zip(medians, rounds, strict=True)],
    ]
    drawn = panel.barh(names, medians, xerr=spread, color=[COLORS.get(n, "#8d99ae") for n in names])
    panel.bar_label(drawn, [f"{m:,.0f}" if m > 100 else f"{m:.1f}" for m in medians], padding=4)
    panel.set_title(title, fontsize=10)
    panel.set_xlim(0, max(map(max, rounds)) * 1.2)
    panel.invert_yaxis()


def machine(packages: Sequence[str] = PACKAGES) -> str:
    """What it was measured on: read the figures as ratios."""
    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    facts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    model = facts.get("model name") or platform.processor() or platform.machine()
    family = f" (family {facts['cpu family']}, model {facts['model']})" if "model" in facts else ""
    flags = (facts.get("flags") or facts.get("Features") or "").split()
    has = ", ".join(name for name in INSTRUCTIONS if name in flags)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    return f"{model}{family}; {has}; Python {platform.python_version()}, {versions}"

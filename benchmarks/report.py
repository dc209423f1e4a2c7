"""What the reports share: tables, plots and raw numbers go to `benchmarks/results/`."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.readme import RESULTS, refresh

if TYPE_CHECKING:  # where it is used it is imported late: it takes its time
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Rounds = Sequence[Sequence[float]]  # of each name, a figure a round

PACKAGES = ("onnxruntime", "torch", "sentence-transformers", "fastembed")
INSTRUCTIONS = ("avx2", "avx512f", "avx512_vnni", "amx_int8", "asimddp", "i8mm")
COLORS = {  # the others are grey
    "minilm-lambda": "#d1495b",
    "minilm-lambda int8": "#d1495b",
    "minilm-lambda fp32": "#e3919b",
}
INK = "#7d8590"  # reads on white and on black alike, as the bars do
STYLE = {
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor", "axes.edgecolor"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), INK),
    "savefig.transparent": True,
    "svg.hashsalt": "minilm-lambda",  # the same ids on every run
}


def save(name: str, text: str, numbers: dict[str, Any], figure: Figure) -> None:
    """Print the text; save text, plot and numbers as `results/<name>.{md,svg,json}`,
    and the text in the READMEs.
    """
    print(text)
    (RESULTS / f"{name}.md").write_text(text)
    (RESULTS / f"{name}.json").write_text(json.dumps(numbers, indent=1) + "\n")
    figure.savefig(RESULTS / f"{name}.svg", metadata={"Date": None})
    refresh()


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The median, and the least and the most."""
    figures = statistics.median(values), min(values), max(values)
    median, least, most = (f"{value:,.{digits}f}" for value in figures)
    return f"{median} ({least}–{most})"


def panels(count: int, title: str, *, height: float = 2.6) -> tuple[Figure, Sequence[Axes]]:
    """A figure of so many panels, side by side."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update(STYLE)
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, count, figsize=(9, height), layout="constrained")
    figure.suptitle(title, fontsize=9)
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
    return figure, axes


def bars(panel: Axes, title: str, names: Sequence[str], rounds: Rounds) -> None:
    """The medians as bars, ours in red, with the spread over the rounds as error bars."""
    medians = [statistics.median(values) for values in rounds]
    error = [
        [m - min(values) for m, values in zip(medians, rounds, strict=True)],
        [max(values) - m for m, values in zip(medians, rounds, strict=True)],
    ]
    colors = [COLORS.get(name, "#8d99ae") for name in names]
    drawn = panel.barh(names, medians, xerr=error, color=colors, ecolor=INK)
    # Beside the error bars' ends, not on them.
    for bar, m, end in zip(drawn, medians, map(max, rounds), strict=True):
        middle = bar.get_y() + bar.get_height() / 2
        label = f"{m:,.0f}" if m > 100 else f"{m:.1f}"
        panel.annotate(label, (end, middle), (4, 0), textcoords="offset points", va="center")
    panel.set_title(title, fontsize=10)
    panel.set_xlim(0, max(map(max, rounds)) * 1.35)
    panel.invert_yaxis()


def plot(title: str, names: Sequence[str], charts: Mapping[str, Rounds]) -> Figure:
    """Bar charts side by side, that share the names; each has its title and its rounds."""
    figure, axes = panels(len(charts), title, height=1.3 + 0.28 * len(names))
    for panel, (heading, rounds) in zip(axes, charts.items(), strict=True):
        bars(panel, heading, names, rounds)
        if panel is not axes[0]:
            panel.set_yticklabels([])
    return figure


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

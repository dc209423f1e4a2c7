"""A bar chart that reads on a white and on a black page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imported late: it takes its time, and tests have no matplotlib
    from matplotlib.figure import Figure

COLORS = {"minilm-lambda int8": "#d1495b", "minilm-lambda fp32": "#e3919b"}  # the others are grey
INK = "#7d8590"
STYLE = {
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor", "axes.edgecolor"), INK),
    **dict.fromkeys(("xtick.color", "ytick.color"), INK),
    "savefig.transparent": True,
    "svg.hashsalt": "minilm-lambda",  # the same ids in every run
}


def bar_charts(names: Sequence[str], charts: Mapping[str, Mapping[str, str]]) -> Figure:
    """Charts side by side that share the names: heading → the label of each name's bar.

    A bar is as long as its label says; a name without a label has none.
    """
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update(STYLE)
    from matplotlib import pyplot

    size = (3 + 3 * len(charts), 0.9 + 0.3 * len(names))
    figure, (panels,) = pyplot.subplots(
        1, len(charts), figsize=size, layout="constrained", squeeze=False
    )
    for panel, (heading, labels) in zip(panels, charts.items(), strict=True):
        lengths = [float(labels.get(name, "0").replace(",", "")) for name in names]
        bars = panel.barh(names, lengths, color=[COLORS.get(name, "#8d99ae") for name in names])
        panel.bar_label(bars, [labels.get(name, "–") for name in names], padding=4)
        panel.set_title(heading, fontsize=10)
        panel.set_xlim(0, max(lengths) * 1.25)
        panel.invert_yaxis()
        panel.spines[["top", "right", "bottom"]].set_visible(False)
        panel.set_xticks([])
        if panel is not panels[0]:
            panel.set_yticklabels([])
    return figure

"""The figures of fidelity as tables, a plot and raw numbers, in `benchmarks/results/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.evaluation_texts import BUCKETS
from benchmarks.fidelity_figures import NEIGHBOURS, Figures, Spread
from benchmarks.fidelity_texts import FidelityTexts
from benchmarks.report import machine, panels, save

if TYPE_CHECKING:  # imported late, since it takes its time
    from matplotlib.figure import Figure

PACKAGES = ("onnxruntime", "torch", "sentence-transformers", "gensim", "django", "babel")
COLORS = ("#8d99ae", "#d1495b", "#edae49", "#00798c")  # fp32 is the grey one
LEAST = 1e-15  # 1 - cosine: what is nearer is drawn there (there is no 0 on a log scale)
REFERENCE = "sentence-transformers"
Groups = dict[str, NDArray[np.bool_]]  # name → which evaluation texts, (n,)


def report(measured: Sequence[Figures], people: Figures, texts: FidelityTexts) -> None:
    """Print the tables; save tables, plot and numbers.

    people: the figures of the reference itself.
    """
    lengths, scripts = groups(texts)
    setting = (
        f"{len(texts.evaluation)} evaluation texts; {len(texts.queries)} queries among "
        f"{len(texts.passages)} passages; {len(texts.documents)} documents"
    )
    tables = [
        whole_table(measured),
        group_table("tokens", lengths, measured),
        group_table("script", scripts, measured),
        people_table([people, *measured], texts),
    ]
    text = "\n\n".join([f"{setting}\n{machine(PACKAGES)}", *tables]) + "\n"
    numbers = {
        "setting": setting,
        "machine": machine(PACKAGES),
        "measured": [as_numbers(one, {**lengths, **scripts}) for one in measured],
        "people": {one.name: one.agreements for one in [people, *measured]},
    }
    save("fidelity", text, numbers, plot(measured, lengths, scripts))


def groups(texts: FidelityTexts) -> tuple[Groups, Groups]:
    """The evaluation texts by length and by script."""
    buckets = np.array([one.bucket for one in texts.evaluation])
    scripts = np.array([one.script for one in texts.evaluation])
    return (
        {bucket.name: buckets == bucket.name for bucket in BUCKETS},
        {script: scripts == script for script in Counter(scripts.tolist())},
    )


def whole_table(measured: Sequence[Figures]) -> str:
    """All evaluation texts, and the neighbours found."""
    rows = [
        f"| | mean cosine | 1st percentile | worst | same {NEIGHBOURS} nearest passages as "
        f"{REFERENCE} | documents | passages as fp32 | documents |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in measured:
        shares = [f"{o.passages:.1%} | {o.documents:.1%}" for o in one.overlaps.values()]
        rows.append(f"| {one.name} | {spread(one.cosines, ' | ')} | {' | '.join(shares)} |")
    return "\n".join(rows)


def group_table(label: str, groups: Groups, measured: Sequence[Figures]) -> str:
    """Mean, 1st percentile and worst of each group of texts."""
    heads = [f"{one.name}: mean / 1st percentile / worst" for one in measured]
    rows = [f"| {label} | texts | {' | '.join(heads)} |", "|---" * (len(heads) + 2) + "|"]
    for name, chosen in groups.items():
        cells = [spread(one.cosines[chosen], " / ") for one in measured]
        rows.append(f"| {name} | {chosen.sum()} | {' | '.join(cells)} |")
    return "\n".join(rows)


def people_table(encoders: Sequence[Figures], texts: FidelityTexts) -> str:
    """Correlation with people's judgements, of each set with each encoder."""
    heads = [f"{one.name}: Pearson / Spearman" for one in encoders]
    rows = [f"| judgements | pairs | {' | '.join(heads)} |", "|---" * (len(heads) + 2) + "|"]
    for number, judged in enumerate(texts.judgements):
        cells = ["{:.4f} / {:.4f}".format(*one.agreements[number]) for one in encoders]
        rows.append(f"| {judged.name} | {len(judged.scores)} | {' | '.join(cells)} |")
    return "\n".join(rows)


def spread(cosines: NDArray[np.float64], separator: str) -> str:
    one = Spread.of(cosines)
    return separator.join(f"{value:.6f}" for value in (one.mean, one.percentile, one.worst))


def as_numbers(one: Figures, groups: Groups) -> dict[str, Any]:
    """A row for the JSON file."""
    spreads = {name: vars(Spread.of(one.cosines[chosen])) for name, chosen in groups.items()}
    overlaps = {name: vars(shares) for name, shares in one.overlaps.items()}
    return {"name": one.name, "overlaps": overlaps, **vars(Spread.of(one.cosines)), **spreads}


def plot(measured: Sequence[Figures], lengths: Groups, scripts: Groups) -> Figure:
    """Boxes of 1 - cosine, by length and by script, a colour for each encoder."""
    title = (
        "1 − cosine with sentence-transformers (left is nearer): quartiles, median, 1 % to worst"
    )
    figure, axes = panels(2, title, height=1.4 + 0.24 * len(scripts) * max(1, len(measured)) ** 0.5)
    height = 0.8 / len(measured)
    for panel, chosen in zip(axes, (lengths, scripts), strict=True):
        for number, one in enumerate(measured):
            color = COLORS[number % len(COLORS)]
            panel.boxplot(
                [np.maximum(1 - one.cosines[group], LEAST) for group in chosen.values()],
                positions=np.arange(len(chosen)) + (number - (len(measured) - 1) / 2) * height,
                widths=height * 0.8,
                orientation="horizontal",
                whis=(1, 100),
                manage_ticks=False,
                showfliers=False,
                patch_artist=True,
                boxprops={"facecolor": color, "edgecolor": color},
                whiskerprops={"color": color},
                capprops={"color": color},
                medianprops={"color": "white"},
                label=one.name,
            )
        panel.set_xscale("log")
        panel.set_yticks(range(len(chosen)), list(chosen))
        panel.invert_yaxis()
    axes[0].set_ylabel("tokens")
    axes[1].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(0, 1.12), ncols=4)
    return figure

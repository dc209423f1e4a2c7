"""Measured ingestion to tables, a plot and raw numbers. Does not measure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from benchmarks import prices
from benchmarks.ingestion_corpus import PAGE, Made
from benchmarks.ingestion_worker import Figures
from benchmarks.report import COLORS, INK, machine, panels, save
from handler.settings import MEMORY_PER_CPU

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STAGES = ("fetch", "read", "chunk", "encode", "write")
PALE, RED, PINK = ("#d9dce1", COLORS["minilm-lambda"], "#e3919b")
STAGE_SHADES = ("#8d99ae", "#b8c0cc", PINK, RED, "#5c677d", PALE)
PRICE_SHADES = (RED, PINK, PALE, "#b8c0cc", "#8d99ae", "#5c677d")
MILLION = 1_000_000
ARCHITECTURE = "arm64"


@dataclass(frozen=True)
class Run:
    """The documents of one measurement, and its figures."""

    name: str
    threads: int
    documents: Sequence[Made]
    figures: Figures

    @property
    def pages(self) -> float:
        return sum(one.pages for one in self.documents)

    @property
    def seconds(self) -> float:
        return sum(self.figures.seconds)

    def shares(self) -> dict[str, float]:
        """Of the time, by stage; they add up to 1."""
        shares = {stage: self.figures.stages[stage] / self.seconds for stage in STAGES}
        return {**shares, "rest": 1 - sum(shares.values())}

    def dollars(self) -> dict[str, float]:
        """For a million pages like these, by what they are paid for."""
        units = self.figures.units
        total = prices.ingestion(
            seconds=self.seconds,
            memory=MEMORY_PER_CPU,
            architecture=ARCHITECTURE,
            invocations=len(self.figures.seconds),
            documents=len(self.documents),
            reads=units["dynamodb reads"],
            writes=units["dynamodb writes"],
            put_bytes=units["put bytes"],
        )
        return {name: one / self.pages * MILLION for name, one in total.items()}

    def hosted(self) -> float:
        """Dollars for the same million pages' tokens at a hosted model's price."""
        return self.figures.tokens / self.pages * MILLION * prices.HOSTED

    def monthly(self) -> dict[str, float]:
        """Dollars a month for keeping the vectors, and the rows, of a million pages."""
        figures = self.figures
        row = figures.units["dynamodb bytes"] / figures.calls["put_item"] + prices.DYNAMODB_ITEM
        times = MILLION / self.pages / prices.GB
        return {
            "S3 Vectors": figures.units["stored bytes"] * times * prices.VECTORS_STORAGE,
            "DynamoDB": row * len(self.documents) * times * prices.DYNAMODB_STORAGE,
        }


def report(load: str, runs: Sequence[Run], ones: Sequence[Run], large: Run) -> None:
    """Print the tables; save them, the plot and the numbers.

    runs: of the corpus, the last one of them through the function. ones: single documents. large:
    one large document through the function.
    """
    function = runs[-1]
    size = sum(len(one.content) for one in function.documents)
    setting = (
        f"{len(function.documents)} documents ({size / MILLION:.1f} MB; {formats(function)}), "
        f"{function.pages:,.0f} pages, {function.figures.chunks:,} chunks, "
        f"{function.figures.tokens:,} tokens; {load}\n{machine(('torch', 'sentence-transformers'))}"
    )
    text = "\n\n".join(
        [setting, speeds(runs), single(ones), aws_calls([function, large]), costs(function, large)]
    )
    numbers = {
        name: [
            {"name": one.name, "threads": one.threads, "pages": one.pages, **asdict(one.figures)}
            for one in some
        ]
        for name, some in (("corpus", runs), ("single", [*ones, large]))
    }
    save("ingestion", f"{text}\n", numbers, plot(runs, [function, large]))


def formats(run: Run) -> str:
    counts: dict[str, int] = {}
    for one in run.documents:
        counts[one.format] = counts.get(one.format, 0) + 1
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def speeds(runs: Sequence[Run]) -> str:
    rows = [
        "| the corpus | threads | documents/s | pages/s | tokens/s | beside bare encoding "
        f"| {' | '.join([*STAGES, 'rest'])} | peak, MB | the sandbox's, MB |",
        "|" + "---|" * (14),
    ]
    for one in runs:
        figures = one.figures
        beside = f"{one.seconds / figures.direct:.2f} ×" if figures.direct else "–"
        rows.append(
            f"| {one.name} | {one.threads} | {len(one.documents) / one.seconds:.1f} "
            f"| {one.pages / one.seconds:.1f} | {figures.tokens / one.seconds:,.0f} | {beside} | "
            + " | ".join(f"{share:.1%}" for share in one.shares().values())
            + f" | {figures.peak_mb:.0f} | {figures.child_mb:.0f} |"
        )
    return "\n".join(rows)


def single(ones: Sequence[Run]) -> str:
    rows = [
        "| one document, one thread | chunks | tokens | s | of these reading, s | again, "
        "unchanged, ms | peak, MB | the sandbox's, MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in ones:
        figures, count = one.figures, len(one.documents)
        rows.append(
            f"| {one.name} | {figures.chunks / count:,.0f} | {figures.tokens / count:,.0f} "
            f"| {statistics.median(figures.seconds):,.3f} | {figures.stages['read'] / count:,.3f} "
            f"| {statistics.median(figures.again) * 1_000:.2f} | {figures.peak_mb:.0f} "
            f"| {figures.child_mb:.0f} |"
        )
    return "\n".join(rows)


def aws_calls(runs: Sequence[Run]) -> str:
    names = sorted({name for one in runs for name in one.figures.calls})
    rows = [f"| calls per document | {' | '.join(names)} |", "|---|" + "---|" * len(names)]
    for one in runs:
        count = len(one.documents)
        for title, calls in (("", one.figures.calls), (", again", one.figures.calls_again)):
            cells = [f"{calls.get(name, 0) / count:.1f}" for name in names]
            name = "the corpus" if count > 1 else f"a PDF of {one.pages:.0f} pages"
            rows.append(f"| {name}{title} | {' | '.join(cells)} |")
    return "\n".join(rows)


def costs(function: Run, large: Run) -> str:
    columns: dict[str, Run] = {
        f"the corpus ({_pages(function)} pages a document)": function,
        f"documents of {_pages(large)} pages": large,
    }
    found = [one.dollars() for one in columns.values()]
    rows = [f"| $ per million pages | {' | '.join(columns)} |", "|---|---|---|"]
    rows += [f"| {name} | {_cells([one[name] for one in found])} |" for name in found[0]]
    rows += [
        f"| **in all** | {_cells([sum(one.values()) for one in found])} |",
        *(
            f"| a month of storage: {name} "
            f"| {_cells([one.monthly()[name] for one in columns.values()])} |"
            for name in ("S3 Vectors", "DynamoDB")
        ),
        "| beside: a hosted model's price, embedding of the same tokens only "
        f"| {_cells([one.hosted() for one in columns.values()])} |",
    ]
    note = (
        f"A page is {PAGE} words, or a page of a PDF. Free tiers are left aside. Lambda "
        f"({ARCHITECTURE}, {MEMORY_PER_CPU:,} MB, list prices of November 2026): "
        f"${prices.GB_SECOND[ARCHITECTURE]:.10f} a GB-second, ${prices.REQUEST * MILLION:.2f} a "
        "million requests. The others, as third parties quote the list prices of 2026 (us-east-1): "
        f"SQS ${prices.SQS_REQUEST * MILLION:.2f} a million requests; S3 "
        f"${prices.S3_GET * MILLION:.2f} a million GET or HEAD; DynamoDB "
        f"${prices.DYNAMODB_WRITE * MILLION:.3f} a million writes of 1 KB, "
        f"${prices.DYNAMODB_READ * MILLION:.3f} a million reads of 4 KB, "
        f"${prices.DYNAMODB_STORAGE:.2f} a GB and month; S3 Vectors ${prices.VECTORS_PUT:.2f} a GB "
        "put, 128 KB a request at least, "
        f"${prices.VECTORS_STORAGE:.2f} a GB and month; a hosted model "
        f"${prices.HOSTED * MILLION:.2f} a million tokens. The seconds are those of "
        "`lambda_handler` on this machine's CPU, one thread, moto's answers included."
    )
    return "\n".join(rows) + f"\n\n{note}"


def _cells(dollars: Sequence[float]) -> str:
    return " | ".join(f"{one:,.2f}" for one in dollars)


def plot(runs: Sequence[Run], paid: Sequence[Run]) -> Figure:
    figure, (left, right) = panels(2, "Documents to vectors", height=2.8)
    times = {
        f"{one.name.replace('`', '')}\n{one.threads} thread{'s' * (one.threads > 1)}": _scaled(
            one.shares(), 100
        )
        for one in runs
    }
    costs = {f"documents of\n{_pages(one)} pages": one.dollars() for one in paid}
    _stack(left, "share of the time, %", times, STAGE_SHADES)
    _stack(right, "$ per million pages", costs, PRICE_SHADES)
    return figure


def _pages(run: Run) -> str:
    """Of one of its documents."""
    return f"{run.pages / len(run.documents):.1f}".removesuffix(".0")


def _scaled(parts: Mapping[str, float], factor: float) -> dict[str, float]:
    return {name: part * factor for name, part in parts.items()}


def _stack(
    panel: Axes, title: str, rows: Mapping[str, Mapping[str, float]], shades: Sequence[str]
) -> None:
    """A bar for each row, of its parts one after the other."""
    starts = [0.0] * len(rows)
    for shade, part in zip(shades, next(iter(rows.values())), strict=True):
        widths = [row[part] for row in rows.values()]
        panel.barh([*rows], widths, left=starts, color=shade, label=part, edgecolor=INK, lw=0.3)
        starts = [start + width for start, width in zip(starts, widths, strict=True)]
    panel.set_title(title, fontsize=10)
    panel.invert_yaxis()
    panel.legend(
        fontsize=7, frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.12)
    )

"""Cold starts to tables, a plot and their raw numbers. Does not measure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from benchmarks.prices import FORMULA, GB_SECOND, dollars
from benchmarks.report import COLORS, bars, machine, panels, save
from handler.settings import MEMORY_PER_CPU

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OURS, EMPTY = "minilm-lambda", "empty"
LIMIT_MS = 10_000  # where Lambda ends an init, and starts over


@dataclass(frozen=True)
class Start:
    """One life of a container."""

    init_ms: float  # from the container's first command to the question for work
    init_cpu_ms: float  # of it, at work
    read_mb: float | None  # from the disk, during init; None: not allowed to know
    first_ms: float  # the first invocation
    warm_ms: float  # the median of those that follow
    peak_mb: float  # resident, after all of these
    batch_ms: float | None  # an invocation with many texts; None: not measured


@dataclass
class Starts:
    """A function's starts at one size."""

    name: str
    memory: int  # MB
    cold: bool = False  # with an empty page cache
    ids: bool = False  # its requests are a list of cl100k token ids, not a text
    starts: list[Start] = field(default_factory=list)
    failure: str = ""

    def all(self, figure: Callable[[Start], float | None]) -> list[float]:
        return [value for one in self.starts if (value := figure(one)) is not None]

    def median(self, figure: Callable[[Start], float | None]) -> float:
        return statistics.median(self.all(figure))


def init(one: Start) -> float:
    return one.init_ms


def report(setting: str, measured: Sequence[Starts], *, tokens: int) -> None:
    """Print the tables; save them, the plot and the numbers; `tokens` are those of the batch."""
    where = machine(("torch", "sentence-transformers"))
    setting = f"{setting}; medians; the page cache is warm unless said"
    texts = [one for one in measured if not one.ids]
    at_one_cpu = [one for one in texts if one.memory == MEMORY_PER_CPU and one.starts]
    parts = [f"{setting}\n{where}", sizes([one for one in texts if not one.cold])]
    if cold := [one for one in at_one_cpu if one.cold]:
        parts += [f"With an empty page cache, at {MEMORY_PER_CPU:,} MB:", empty_cache(cold)]
    warm = [one for one in at_one_cpu if not one.cold]
    ours = [one for one in warm if one.name == OURS] + [one for one in measured if one.ids]
    parts.insert(2, f"{ours_among(warm)} {first_requests(ours)}")
    parts += [f"Costs at {MEMORY_PER_CPU:,} MB, of warm requests:", costs(warm, tokens), FORMULA]
    numbers = {
        "setting": setting,
        "machine": where,
        "batch_tokens": tokens,
        "measured": [asdict(one) for one in measured],
    }
    save("cold-start", "\n\n".join(parts) + "\n", numbers, plot(texts, setting))


def sizes(measured: Sequence[Starts]) -> str:
    """In Markdown: a row for each function at each size."""
    rows = [
        "| MB | function | init, ms (spread) | ÷ empty | CPU time of it, ms | first request, ms "
        "| warm, ms | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in measured:
        if one.failure:
            rows.append(f"| {one.memory:,} | {one.name} | {one.failure.splitlines()[-1]} ||||||")
            continue
        over = " (over Lambda's 10 s)" * (one.median(init) > LIMIT_MS)
        rows.append(
            f"| {one.memory:,} | {one.name} | {spread(one.all(init))}{over} "
            f"| {ratio(one, measured)} | {one.median(lambda s: s.init_cpu_ms):,.0f} "
            f"| {one.median(lambda s: s.first_ms):,.1f} "
            f"| {one.median(lambda s: s.warm_ms):,.2f} | {one.median(lambda s: s.peak_mb):,.0f} |"
        )
    return "\n".join(rows)


def ours_among(measured: Sequence[Starts]) -> str:
    """In a sentence: our init beside each of the others, at the size that they share."""
    medians = {one.name: one.median(init) for one in measured}
    ours = medians.pop(OURS)
    ratios = ", ".join(f"{ours / other:.2f} × that of {name}" for name, other in medians.items())
    return f"At {measured[0].memory:,} MB, one CPU, the init of {OURS} takes {ratios}."


def first_requests(measured: Sequence[Starts]) -> str:
    """In a sentence: how much longer than a warm request the first one after init takes."""
    waits = []
    for one in measured:
        first, warm = one.median(lambda s: s.first_ms), one.median(lambda s: s.warm_ms)
        form = "token ids" if one.ids else "a text"
        waits.append(f"{first:.1f} ms with {form} (warm: {warm:.1f})")
    return f"Its first request takes {', '.join(waits)}; each form in starts of its own."


def empty_cache(measured: Sequence[Starts]) -> str:
    """In Markdown: what has to be read from the disk comes on top."""
    rows = [
        "| function | init, ms (spread) | ÷ empty | MB read | first request, ms |",
        "|---|---|---|---|---|",
    ]
    for one in measured:
        rows.append(
            f"| {one.name} | {spread(one.all(init))} | {ratio(one, measured)} "
            f"| {one.median(lambda s: s.read_mb):,.0f} "
            f"| {one.median(lambda s: s.first_ms):,.1f} |"
        )
    return "\n".join(rows)


def costs(measured: Sequence[Starts], tokens: int) -> str:
    """In Markdown: dollars per million requests of one short text, and per million tokens."""
    names = list(GB_SECOND)
    heads = [f"{what}, {name}" for what in ("$/M requests", "$/M tokens") for name in names]
    rows = [
        "| function | one short text, ms | tokens/s | " + " | ".join(heads) + " |",
        "|---" * (3 + len(heads)) + "|",
    ]
    for one in measured:
        short, batch = one.median(lambda s: s.warm_ms), one.median(lambda s: s.batch_ms)
        cells = [f"{1e6 * dollars(short, one.memory, name):.2f}" for name in names]
        speed = "–"
        if one.name == EMPTY:
            cells += ["–" for _ in names]
        else:
            speed = f"{tokens / batch * 1000:,.0f}"
            cells += [f"{1e6 * dollars(batch, one.memory, name) / tokens:.4f}" for name in names]
        rows.append(f"| {one.name} | {short:.2f} | {speed} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def plot(measured: Sequence[Starts], setting: str) -> Figure:
    """Init over the sizes, on logarithmic axes, and the bars of one size."""
    figure, (lines, at_one_cpu) = panels(2, setting, height=3)
    warm = [one for one in measured if one.starts and not one.cold]
    for name in dict.fromkeys(one.name for one in warm):
        points = [one for one in warm if one.name == name]
        color = COLORS.get(name, "#8d99ae")
        x, y = [one.memory for one in points], [one.median(init) for one in points]
        lines.plot(x, y, "o-", color=color)
        lines.annotate(name, (x[0], y[0]), (8, 3), textcoords="offset points")
    lines.set(xscale="log", yscale="log")
    ticks = sorted({one.memory for one in warm})
    lines.set_xticks(ticks, [f"{memory:,}" for memory in ticks], minor=False)
    lines.set_xticks([], minor=True)
    lines.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    lines.set_title("init, ms, by memory in MB (less is better)", fontsize=10)
    same_size = [one for one in warm if one.memory == MEMORY_PER_CPU]
    title = f"init and first request, ms, at {MEMORY_PER_CPU:,} MB"
    both = [one.all(lambda s: s.init_ms + s.first_ms) for one in same_size]
    bars(at_one_cpu, title, [one.name for one in same_size], both)
    return figure


def ratio(one: Starts, measured: Sequence[Starts]) -> str:
    """Its init in those of the empty function of the same size."""
    (empty,) = (m for m in measured if m.name == EMPTY and m.memory == one.memory)
    return f"{one.median(init) / empty.median(init):.2f}"


def spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"

"""Tables of ingestion. Does not measure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.ingestion.corpus import PAGE
from benchmarks.ingestion.worker import Figures
from benchmarks.measuring import prices
from benchmarks.measuring.tables import table
from handler.settings import MEMORY_PER_CPU

STAGES = ("fetch", "read", "chunk", "encode", "write")
MILLION = 1_000_000
ARCHITECTURE = "arm64"


@dataclass(frozen=True)
class Run:
    """The documents of one measurement, and its figures."""

    name: str
    threads: int
    documents: int
    pages: float  # of all documents
    figures: Figures

    @property
    def seconds(self) -> float:
        return sum(self.figures.seconds)

    @property
    def kind(self) -> str:
        """Its documents, in a table."""
        if self.documents > 1:
            return f"the corpus ({self.pages / self.documents:.1f} pages a document)"
        return f"a PDF of {self.pages:.0f} pages"

    def shares(self) -> dict[str, float]:
        """Of the time, by stage; they add up to 1."""
        shares = {stage: self.figures.stages[stage] / self.seconds for stage in STAGES}
        return {**shares, "rest": 1 - sum(shares.values())}

    def dollars(self) -> dict[str, float]:
        """For a million pages like these, by what they are paid for."""
        units, count = self.figures.units, len(self.figures.seconds)
        gb_seconds = self.seconds * MEMORY_PER_CPU / 1_024
        dynamodb = units["dynamodb reads"] * prices.DYNAMODB_READ
        dynamodb += units["dynamodb writes"] * prices.DYNAMODB_WRITE
        paid = {
            "Lambda, duration": gb_seconds * prices.GB_SECOND[ARCHITECTURE],
            "Lambda, requests": count * prices.REQUEST,
            # A message is sent by itself, received and deleted with the others of its event.
            "SQS": (self.documents + 2 * count) * prices.SQS_REQUEST,
            "S3, HEAD and GET": 3 * self.documents * prices.S3_GET,  # two HEADs and a GET
            "DynamoDB": dynamodb,
            "S3 Vectors, PUT": units["put bytes"] / prices.GB * prices.VECTORS_PUT,
        }
        return {name: dollars / self.pages * MILLION for name, dollars in paid.items()}

    def hosted(self) -> float:
        """Dollars for a million pages' tokens at a hosted model's price."""
        return self.figures.tokens / self.pages * MILLION * prices.HOSTED

    def monthly(self) -> dict[str, float]:
        """Dollars a month for keeping the vectors and the rows of a million pages."""
        figures = self.figures
        row = figures.units["dynamodb bytes"] / figures.calls["put_item"] + prices.DYNAMODB_ITEM
        times = MILLION / self.pages / prices.GB
        return {
            "S3 Vectors": figures.units["stored bytes"] * times * prices.VECTORS_STORAGE,
            "DynamoDB": row * self.documents * times * prices.DYNAMODB_STORAGE,
        }


@dataclass
class IngestionResult:
    """A run, as results/ingestion.json keeps it."""

    setting: str
    machine: str
    corpus: list[Run]  # the last one through the function
    single: list[Run]  # single documents
    large: Run  # one large document through the function


Columns = dict[str, Callable[[Run], str]]


def tables(result: IngestionResult) -> list[str]:
    function = result.corpus[-1]
    setting = f"{result.setting}\n{result.machine}"
    paid = [function, result.large]
    return [setting, speeds(result.corpus), single(result.single), calls(paid), costs(paid), NOTE]


def speeds(runs: Sequence[Run]) -> str:
    def share(stage: str) -> Callable[[Run], str]:
        return lambda one: f"{one.shares()[stage]:.1%}"

    columns: Columns = {
        "the corpus": lambda one: one.name,
        "threads": lambda one: f"{one.threads}",
        "documents/s": lambda one: f"{one.documents / one.seconds:.1f}",
        "pages/s": lambda one: f"{one.pages / one.seconds:.1f}",
        "tokens/s": lambda one: f"{one.figures.tokens / one.seconds:,.0f}",
        "time ÷ bare encoding": lambda one: (
            f"{one.seconds / one.figures.direct:.2f}" if one.figures.direct else "–"
        ),
        **{stage: share(stage) for stage in (*STAGES, "rest")},
        "peak, MB": lambda one: f"{one.figures.peak_mb:.0f}",
        "sandbox, MB": lambda one: f"{one.figures.child_mb:.0f}",
    }
    return table(runs, columns)


def single(runs: Sequence[Run]) -> str:
    columns: Columns = {
        "one document, one thread": lambda one: one.name,
        "chunks": lambda one: f"{one.figures.chunks / one.documents:,.0f}",
        "tokens": lambda one: f"{one.figures.tokens / one.documents:,.0f}",
        "s": lambda one: f"{statistics.median(one.figures.seconds):,.3f}",
        "reading, s": lambda one: f"{one.figures.stages['read'] / one.documents:,.3f}",
        "again, unchanged, ms": lambda one: f"{statistics.median(one.figures.again) * 1e3:.2f}",
        "peak, MB": lambda one: f"{one.figures.peak_mb:.0f}",
        "sandbox, MB": lambda one: f"{one.figures.child_mb:.0f}",
    }
    return table(runs, columns)


def calls(runs: Sequence[Run]) -> str:
    """AWS calls for each document."""
    rows = [
        (one.kind + again, {name: count / one.documents for name, count in counted.items()})
        for one in runs
        for again, counted in (("", one.figures.calls), (", again", one.figures.calls_again))
    ]

    def count(name: str) -> Callable[[tuple[str, dict[str, float]]], str]:
        return lambda row: f"{row[1].get(name, 0):.1f}"

    names = sorted({name for _, counted in rows for name in counted})
    return table(
        rows, {"calls a document": lambda row: row[0], **{name: count(name) for name in names}}
    )


def costs(runs: Sequence[Run]) -> str:
    """Dollars for a million pages, by what they are paid for."""
    bills = []
    for one in runs:
        paid = one.dollars()
        storage = {f"a month of storage: {name}": cost for name, cost in one.monthly().items()}
        hosted = {"for comparison: a hosted model, embedding of the same tokens": one.hosted()}
        bills.append({**paid, "**total**": sum(paid.values()), **storage, **hosted})

    def cost(bill: dict[str, float]) -> Callable[[str], str]:
        return lambda name: f"{bill[name]:,.2f}"

    columns: dict[str, Callable[[str], str]] = {
        "$ per million pages": lambda name: name,
        **{one.kind: cost(bill) for one, bill in zip(runs, bills, strict=True)},
    }
    return table(bills[0], columns)


NOTE = (
    f"A page is {PAGE} words, or a page of a PDF. Free tiers are left aside. Lambda "
    f"({ARCHITECTURE}, {MEMORY_PER_CPU:,} MB, list prices of November 2026): "
    f"${prices.GB_SECOND[ARCHITECTURE]:.10f} a GB-second, ${prices.REQUEST * MILLION:.2f} a "
    "million requests. The others, as third parties quote the list prices of 2026 (us-east-1): "
    f"SQS ${prices.SQS_REQUEST * MILLION:.2f} a million requests; S3 "
    f"${prices.S3_GET * MILLION:.2f} a million GET or HEAD; DynamoDB "
    f"${prices.DYNAMODB_WRITE * MILLION:.3f} a million writes of 1 KB, "
    f"${prices.DYNAMODB_READ * MILLION:.3f} a million reads of 4 KB, "
    f"${prices.DYNAMODB_STORAGE:.2f} a GB and month; S3 Vectors ${prices.VECTORS_PUT:.2f} a GB, "
    f"at least 128 KB a request, ${prices.VECTORS_STORAGE:.2f} a GB and month; a hosted model "
    f"${prices.HOSTED * MILLION:.2f} a million tokens. The seconds are those of `lambda_handler` "
    "on this machine's CPU, one thread, moto's answers included."
)

"""Do questions about manuals find the passage that answers, and not a heading alone?

The manuals are the Markdown documentation in the source packages of three Python projects. Each
question (manual_questions.json) has one passage that answers it, known by a quote. Those with a
"heading" are answered by a section that repeats no word of its short heading. Each checkout ingests
the manuals through its own pipeline, with its own chunks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring.machine import machine
from benchmarks.measuring.packages import sdist
from benchmarks.measuring.processes import ROOT
from benchmarks.measuring.tables import table
from benchmarks.retrieval.collection import MODES
from handler.ingestion.planning import document_id

QUESTIONS = Path(__file__).with_name("manual_questions.json")
PACKAGES = {  # all under BSD or MIT licences
    "black": "black==26.10.1",
    "markdown": "markdown==3.11.3",
    "starlette": "starlette==1.10.0",
}
HEADING = re.compile(r"^[ ]{0,3}#{1,6}[ ].*$|^\S.*\n[ ]{0,3}(?:=+|-+)[ ]*$", re.MULTILINE)
WORD = re.compile(r"\w")
FEW = 20  # words


@dataclass(frozen=True)
class ManualQuestion:
    """A question, and where the answer is."""

    question: str
    package: str
    document: str  # the file in the package
    quote: str  # of the passage that answers, white space aside
    heading: str | None = None  # of its section, if the section does not repeat it


@dataclass(frozen=True)
class ManualRanks:
    """How a checkout's chunks answer the questions."""

    name: str
    chunks: int
    headings: int  # chunks of headings and rules only
    short: int  # chunks of fewer words than FEW
    places: list[int]  # rank of the first chunk that answers, from 1; 0: not found
    first_headings: int  # questions whose first hit is one of these

    def hits(self, within: int, among: Sequence[bool]) -> float:
        """The share of the questions, those that are `among`, answered by the first so many."""
        places = [place for place, asked in zip(self.places, among, strict=True) if asked]
        return sum(0 < place <= within for place in places) / len(places)

    def reciprocal(self) -> float:
        return sum(1 / place for place in self.places if place) / len(self.places)


@dataclass
class ManualsResult:
    """The questions, and how each checkout did."""

    setting: str
    machine: str
    questions: list[ManualQuestion]
    measured: list[ManualRanks]


def manual_questions() -> list[ManualQuestion]:
    return [ManualQuestion(**one) for one in json.loads(QUESTIONS.read_text())]


def measure(folder: Path, checkouts: Mapping[str, Path]) -> ManualsResult:
    asked = manual_questions()
    manuals = folder / "manuals"
    for name, requirement in PACKAGES.items():
        (root,) = sdist(requirement).iterdir()
        shutil.copytree(root / "docs", manuals / name / "docs", ignore=_all_but_markdown)
    for one in asked:
        text = squeezed((manuals / one.package / one.document).read_text())
        assert squeezed(one.quote) in text, f"{one.document} does not have: {one.quote}"
    measured = [
        _ranks(f"{name}, by {mode}", root, manuals, folder, asked, options=MODES[mode])
        for name, root in checkouts.items()
        for mode in (MODES if root == ROOT else ["meaning"])  # others may know no other
    ]
    count = sum(path.is_file() for path in manuals.rglob("*"))
    setting = f"{len(asked)} questions, {count} files of {', '.join(PACKAGES.values())}"
    return ManualsResult(setting, machine(), asked, measured)


def _ranks(
    name: str,
    root: Path,
    manuals: Path,
    folder: Path,
    asked: Sequence[ManualQuestion],
    *,
    options: object,
) -> ManualRanks:
    print(f"manuals, {name}", flush=True)
    store = folder / f"manuals, {name}.sqlite"
    done = subprocess.run(
        [sys.executable, "-P", Path(__file__).with_name("manuals_worker.py"), manuals, store],
        input=json.dumps({"queries": [one.question for one in asked], "ranking_options": options}),
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    for one in asked:
        assert any(has_most(chunk, one.quote) for chunk in answer["chunks"]), one.quote
    ids = [document_id((manuals / one.package / one.document).resolve().as_uri()) for one in asked]
    return ManualRanks(
        name,
        len(answer["chunks"]),
        headings=sum(map(is_heading, answer["chunks"])),
        short=sum(len(chunk.split()) < FEW for chunk in answer["chunks"]),
        places=[
            place(one.quote, document, found)
            for one, document, found in zip(asked, ids, answer["found"], strict=True)
        ],
        first_headings=sum(is_heading(found[0][1]) for found in answer["found"]),
    )


def _all_but_markdown(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if Path(folder, name).is_file() and not name.endswith(".md")]


def place(quote: str, document: str, found: Sequence[tuple[str, str]]) -> int:
    """The rank of the first chunk found that answers, from 1; 0: none does."""
    answers = (found_in == document and has_most(text, quote) for found_in, text in found)
    return next((rank for rank, answer in enumerate(answers, 1) if answer), 0)


def has_most(text: str, quote: str) -> bool:
    """Whether a chunk has the quote, or the larger part where chunks part within it."""
    words = quote.split()
    half = (len(words) + 1) // 2
    parts = (" ".join(words[:half]), " ".join(words[-half:]))
    return any(part in squeezed(text) for part in parts)


def is_heading(chunk: str) -> bool:
    """Whether a chunk has no word beside its headings: rules of tables have none, either."""
    return not WORD.search(HEADING.sub("", chunk))


def squeezed(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def tables(result: ManualsResult) -> list[str]:
    every = [True] * len(result.questions)
    under = [one.heading is not None for one in result.questions]
    columns: dict[str, Callable[[ManualRanks], str]] = {
        "": lambda one: one.name,
        "chunks": lambda one: f"{one.chunks}",
        "only headings or rules": lambda one: f"{one.headings}",
        f"under {FEW} words": lambda one: f"{one.short}",
        "first": lambda one: f"{one.hits(1, every):.1%}",
        "in the first five": lambda one: f"{one.hits(5, every):.1%}",
        "mean reciprocal rank": lambda one: f"{one.reciprocal():.3f}",
        f"first, {sum(under)} under a short heading": lambda one: f"{one.hits(1, under):.1%}",
        "in the first five of these": lambda one: f"{one.hits(5, under):.1%}",
        "first hit only headings or rules": lambda one: f"{one.first_headings}",
    }
    ours = result.measured[0]
    missed = [
        f"- {one.question} ({place or 'not found'})"
        for one, place in zip(result.questions, ours.places, strict=True)
        if not 0 < place <= 5
    ]
    return [
        f"The passage that answers, in manuals: {result.setting}; {result.machine}",
        table(result.measured, columns),
        f"Not in the first five for {ours.name} (and the rank):\n\n" + "\n".join(missed),
    ]

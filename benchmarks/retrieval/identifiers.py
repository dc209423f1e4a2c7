"""Is what people look for by name found: error codes, part numbers, hexadecimal ids, surnames?

Each kind has a collection of documents that are alike but for their identifiers. The queries are
identifiers alone; of those with a hyphen, also without it.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring.machine import machine
from benchmarks.measuring.tables import table
from benchmarks.retrieval.collection import MODES, Collection, Question
from handler.ingestion.planning import document_id

DOCUMENTS, QUERIES = 240, 30
PLACES = ("boiler room", "north hall", "loading dock", "workshop", "paint shop", "cold store")
THINGS = ("pump", "valve", "sensor", "conveyor", "fan", "motor", "gate", "scanner")
FIRST = ("Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry")
BEGINNINGS = "Ash Black Brook Clay East Fair Green Hart Kings Lang Marsh North Pem Red Stan West"
ENDINGS = "bourne bridge bury croft dale den field ford ham ley more stead ton well worth"


@dataclass(frozen=True)
class Kind:
    """A kind of identifier."""

    name: str
    make: Callable[[random.Random], str]
    text: str  # of a document, with {identifier} and others of `fields`


def _surname(chance: random.Random) -> str:
    return chance.choice(BEGINNINGS.split()) + chance.choice(ENDINGS.split())


KINDS = [
    Kind(
        "error codes (E-4821)",
        lambda chance: f"E-{chance.randrange(1_000, 10_000)}",
        "Error {identifier} is shown when the {thing} in the {place} does not answer. Switch the "
        "{thing} off, wait {number} seconds, and switch it on again. If the error comes back, "
        "call the maintenance team.",
    ),
    Kind(
        "part numbers (KX-4417-B)",
        lambda chance: "{}{}-{}-{}".format(
            *chance.choices("ABCDEFGHKLMNPRSTVX", k=2),
            chance.randrange(1_000, 10_000),
            chance.choice("ABCD"),
        ),
        "The seal {identifier} fits the {thing} in the {place}. It is made of stainless steel and "
        "rubber, and lasts {number} months. Order it two weeks ahead.",
    ),
    Kind(
        "hexadecimal ids (9f3ac1d2)",
        lambda chance: f"{chance.getrandbits(32):08x}",
        "Deployment {identifier} changed the settings of the {thing} in the {place}. It took "
        "{number} seconds, and all checks passed.",
    ),
    Kind(
        "surnames (Ashford)",
        _surname,
        "{first} {identifier} looks after the {thing} in the {place}, has worked here for "
        "{number} years, and answers questions about safety.",
    ),
]


@dataclass(frozen=True)
class Hits:
    """How many queries found their document first."""

    kind: str
    queries: int
    first: dict[str, int]  # by mode


@dataclass
class IdentifiersResult:
    """A run, as results/identifiers.json keeps it."""

    setting: str
    machine: str
    measured: list[Hits]


def documents(kind: Kind) -> dict[str, str]:
    """The texts of the kind's documents, by their identifiers."""
    chance = random.Random(kind.name)
    texts: dict[str, str] = {}
    while len(texts) < DOCUMENTS:
        identifier = kind.make(chance)
        texts[identifier] = kind.text.format(
            identifier=identifier,
            thing=chance.choice(THINGS),
            place=chance.choice(PLACES),
            first=chance.choice(FIRST),
            number=chance.randrange(10, 40),
        )
    return texts


def measure(folder: Path, *, precision: str) -> IdentifiersResult:
    measured = []
    for number, kind in enumerate(KINDS):
        print(kind.name, flush=True)
        paths: dict[str, Path] = {}
        for place, (identifier, text) in enumerate(documents(kind).items()):
            paths[identifier] = folder / f"{number}-{place:03}.txt"
            paths[identifier].write_text(text)
        collection = Collection([*paths.values()], folder / f"{number}.sqlite", precision=precision)
        asked = random.Random(0).sample(sorted(paths), QUERIES)
        questions = {kind.name: asked}
        if any("-" in one for one in asked):
            questions[f"{kind.name}, without hyphens"] = [one.replace("-", "") for one in asked]
        ids = [document_id(paths[identifier].as_uri()) for identifier in asked]
        for name, queries in questions.items():
            about = list(itertools.starmap(Question, zip(queries, ids, strict=True)))
            first = {mode: collection.places(about, mode).count(1) for mode in MODES}
            measured.append(Hits(name, len(queries), first))
    setting = f"{QUERIES} queries in {DOCUMENTS} documents each; {precision}"
    return IdentifiersResult(setting, machine(), measured)


def tables(result: IdentifiersResult) -> list[str]:
    columns: dict[str, Callable[[Hits], str]] = {"": lambda one: one.kind}
    for mode in MODES:
        columns[mode] = lambda one, mode=mode: f"{one.first[mode]} of {one.queries}"  # type: ignore[misc]
    return [
        f"The document of an identifier is first: {result.setting}; {result.machine}",
        table(result.measured, columns),
    ]

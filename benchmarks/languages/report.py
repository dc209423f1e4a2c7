"""Tables of the languages benchmark. Does not measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.languages.measurement import Found, LanguageFigures
from benchmarks.languages.question_sets import PARAGRAPHS
from benchmarks.measuring.tables import table
from handler.embeddings.model_facts import Advice

# Of the questions: their paragraph is first, by meaning, or by words.
GOOD, USABLE = 0.8, 0.6
VERDICTS: dict[Advice, str] = {
    "good": "good",
    "search_by_words": "by words only",
    "other_model": "choose another model",
}


@dataclass
class LanguagesResult:
    """A run, as results/languages.json keeps it."""

    setting: str
    machine: str
    measured: list[LanguageFigures]


def advice(one: LanguageFigures) -> Advice:
    """What to do with texts in this language."""
    if one.meaning.first >= GOOD:
        return "good"
    return "search_by_words" if one.words.first >= USABLE else "other_model"


def tables(result: LanguagesResult) -> list[str]:
    columns: dict[str, Callable[[LanguageFigures], str]] = {
        "language": lambda one: f"{one.language} (`{one.code}`)",
        "set": lambda one: f"{one.dataset}, {one.articles} articles",
        "first, by meaning": lambda one: percent(one.meaning.first),
        "in the first five": lambda one: percent(one.meaning.first_five),
        "first, by words": lambda one: percent(one.words.first),
        "first, by both": lambda one: percent(one.both.first),
        "first, of English passages": lambda one: first(one.from_english),
        "verdict": lambda one: VERDICTS[advice(one)],
    }
    reading: dict[str, Callable[[LanguageFigures], str]] = {
        "language": lambda one: f"{one.language} (`{one.code}`)",
        "unknown tokens": lambda one: precise(one.reading.unknown_tokens),
        "unknown characters": lambda one: precise(one.reading.unknown_characters),
        "characters in 256 word pieces": lambda one: f"{one.reading.characters:,}",
        "words": lambda one: "—" if one.reading.words is None else f"{one.reading.words}",
        "passages that are longer": lambda one: percent(one.reading.cut),
        "passages that ingestion refuses": lambda one: f"{one.refused}",
        "`TEXT_LANGUAGE`": lambda one: f"`{one.text_language}`",
    }
    return [
        f"{result.setting}; {result.machine}",
        f"The right passage is first of {PARAGRAPHS} (by chance: {precise(1 / PARAGRAPHS)}):",
        table(result.measured, columns),
        "How the passages are read:",
        table(result.measured, reading),
    ]


def percent(value: float) -> str:
    return f"{value:.0%}".replace("%", " %")


def precise(value: float) -> str:
    """A share that may be small."""
    return f"{value:.1%}".replace("%", " %")


def first(found: Found | None) -> str:
    return "—" if found is None else percent(found.first)

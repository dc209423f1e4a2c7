"""What is found in a language, and how its text is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray

from benchmarks.languages.question_sets import QuestionSet
from handler.limits import RANKED
from handler.readability import is_unreadable
from handler.settings import SearchMode, SqliteAddress, TextLanguage
from handler.stores import open_source_store
from handler.stores.contract import Match, Record, Store
from handler.stores.row import Row
from handler.vector_stores.fusion import fuse, merge
from handler.vector_stores.search_request import BY_MODE
from model_layer import Encoder

FEW = 5
DOCUMENT = "paragraphs"
DIGITS = 4
EQUAL = 1e-6  # cosines that differ by rounding only


@dataclass(frozen=True)
class Found:
    """The share of the questions whose paragraph is found."""

    first: float
    first_five: float

    @classmethod
    def of(cls, places: Sequence[int]) -> Found:
        """places: of each question's paragraph, from 1; 0: not found."""
        return cls(*(share([0 < place <= most for place in places]) for most in (1, FEW)))


@dataclass(frozen=True)
class Reading:
    """How paragraphs are read."""

    unknown_tokens: float  # the share of tokens that are [UNK]
    unknown_characters: float  # the share of characters in words that are [UNK]; no white space
    characters: int  # that the model reads of a text at most, on average
    words: int | None  # the same; None where words have no spaces between them
    cut: float  # the share of paragraphs that are longer


@dataclass(frozen=True)
class LanguageFigures:
    """A language, measured."""

    code: str
    language: str
    dataset: str
    articles: int
    paragraphs: int
    questions: int
    meaning: Found  # by the vectors of whole paragraphs
    from_english: Found | None  # questions in this language, paragraphs in English
    words: Found  # by the search's words alone
    both: Found  # by the search, as it is by default
    text_language: str  # TEXT_LANGUAGE of these searches
    refused: int  # paragraphs that ingestion refuses
    reading: Reading


class Vectors:
    """The vectors of a set: of its paragraphs and of its questions."""

    def __init__(self, encoder: Encoder, questions: QuestionSet) -> None:
        asked = [*questions.questions()]
        self.answers = np.array([number for _, number in asked])
        self.paragraphs = encoder.encode([one.text for one in questions.paragraphs]).vectors
        self.questions = encoder.encode([question for question, _ in asked]).vectors

    def find(self, paragraphs: NDArray[np.float32] | None = None) -> Found:
        """How the questions find their paragraphs, or those of another language. (n, 384)"""
        scores = self.questions @ (self.paragraphs if paragraphs is None else paragraphs).T
        return Found.of(places(scores, self.answers))


def places(scores: NDArray[np.float32], answers: NDArray[np.int_]) -> list[int]:
    """The rank of each question's paragraph, from 1, behind those of the same score.

    So paragraphs that all look alike are not found by chance. scores: (questions, paragraphs).
    """
    right = scores[np.arange(len(answers)), answers]
    return [int(count) for count in (scores > right[:, np.newaxis] - EQUAL).sum(axis=1)]


def measure(
    questions: QuestionSet, encoder: Encoder, english: Vectors | None, folder: Path
) -> LanguageFigures:
    """english: the vectors of the same paragraphs in English. folder: for files of its own."""
    vectors = Vectors(encoder, questions)
    assert english is None or (english.answers == vectors.answers).all(), "they are not parallel"
    searched = Searched(questions, vectors, encoder, folder)
    return LanguageFigures(
        code=questions.source.code,
        language=questions.source.language,
        dataset=questions.source.dataset,
        articles=questions.articles,
        paragraphs=len(questions.paragraphs),
        questions=len(vectors.answers),
        meaning=vectors.find(),
        from_english=None if english is None else vectors.find(english.paragraphs),
        words=Found.of(searched.places("text")),
        both=Found.of(searched.places("hybrid")),
        text_language=searched.language,
        refused=searched.refused,
        reading=read(questions, encoder),
    )


class Searched:
    """A set in a vector store, searched as the search route does: a chunk a paragraph."""

    def __init__(
        self, questions: QuestionSet, vectors: Vectors, encoder: Encoder, folder: Path
    ) -> None:
        code = questions.source.code
        known = code in get_args(TextLanguage)
        self.language = cast(TextLanguage, code if known else "none")
        texts = [one.text for one in questions.paragraphs]
        unreadable = [is_unreadable(encoder.tokenizer.unknown_share(text)) for text in texts]
        self.refused = sum(unreadable)
        store = open_source_store(SqliteAddress(str(folder / "store.sqlite"), self.language))
        store.ledger.put(Row(DOCUMENT, "file:///paragraphs", status="completed", current=""))
        store.index.upsert(
            [
                Record(f"{DOCUMENT}#{number}", vector, {"text": text})
                for number, (text, vector) in enumerate(zip(texts, vectors.paragraphs, strict=True))
                if not unreadable[number]  # ingestion refuses it
            ]
        )
        self._found = [
            self._search(store, question, vector, encoder)
            for (question, _), vector in zip(questions.questions(), vectors.questions, strict=True)
        ]
        self._answers = [number for _, number in questions.questions()]

    def places(self, mode: SearchMode) -> list[int]:
        """The rank of each question's paragraph, from 1; 0: not among the first five."""
        ranks = []
        for (near, best, is_readable), answer in zip(self._found, self._answers, strict=True):
            weights = BY_MODE[mode if is_readable else "text"]
            ranked = fuse(near if weights.embedding else [], best, weights)
            first = merge([ranked], limit=FEW, threshold=0.0)
            keys = [one.match.key for one in first]
            right = f"{DOCUMENT}#{answer}"
            ranks.append(keys.index(right) + 1 if right in keys else 0)
        return ranks

    @staticmethod
    def _search(
        store: Store, question: str, vector: NDArray[np.float32], encoder: Encoder
    ) -> tuple[list[Match], list[Match], bool]:
        """What is near, what has the words, and whether the vector says anything."""
        is_readable = not is_unreadable(encoder.tokenizer.unknown_share(question))
        near = store.index.search_vectors(vector, limit=RANKED) if is_readable else []
        return near, store.index.search_text(question, vector, limit=RANKED), is_readable


def read(questions: QuestionSet, encoder: Encoder) -> Reading:
    """How the set's paragraphs are read."""
    texts = [one.text for one in questions.paragraphs]
    wordpiece = encoder.tokenizer.wordpiece
    unknown = wordpiece.token_to_id("[UNK]")
    assert unknown is not None
    ids = [wordpiece.encode(text, add_special_tokens=False).ids for text in texts]
    tokens = sum(map(len, ids))
    of_unknown: int = sum(one.count(unknown) for one in ids)
    characters = sum(map(len, texts))
    words = sum(len(text.split()) for text in texts)
    room = encoder.bundle.max_tokens - 2  # beside [CLS] and [SEP]
    return Reading(
        unknown_tokens=round(of_unknown / tokens, DIGITS),
        unknown_characters=share([encoder.tokenizer.unknown_share(text) for text in texts]),
        characters=round(room * characters / tokens),
        words=None if questions.source.code in ("ja", "th", "zh") else round(room * words / tokens),
        cut=share([len(one) > room for one in ids]),
    )


def share(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), DIGITS)

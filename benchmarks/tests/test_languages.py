"""The questions in many languages: files checked, passages chosen, ranks, verdicts."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.languages.measurement import Found, LanguageFigures, places, read
from benchmarks.languages.question_sets import (
    ARTICLES,
    PARAGRAPHS,
    SOURCES,
    Paragraph,
    QuestionSet,
    Source,
    Unavailable,
    checked,
    choose,
)
from benchmarks.languages.question_sets import read as read_set
from benchmarks.languages.report import GOOD, USABLE, LanguagesResult, advice
from benchmarks.measuring.results import stored
from handler.embeddings.model_facts import LANGUAGE, LANGUAGES, LanguageFacts
from model_layer import Encoder

ENGLISH = SOURCES[0]


def article(name: str, length: int) -> list[Paragraph]:
    return [Paragraph(f"{name} {number}", ("Why?",)) for number in range(length)]


def published(folder: Path, data: Any, source: Source = ENGLISH) -> Source:
    """The file of a source, with other content, and the source with its hash."""
    path = folder / source.repository.folder / source.path
    path.parent.mkdir(parents=True)
    content = json.dumps(data).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return replace(source, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def qas(*questions: str, **about: Any) -> list[dict[str, Any]]:
    return [{"question": question, **about} for question in questions]


def test_every_language_has_one_source_with_a_hash_and_a_commit() -> None:
    assert len({source.code for source in SOURCES}) == len(SOURCES)
    for source in SOURCES:
        assert re.fullmatch("[0-9a-f]{64}", source.sha256)
        assert re.fullmatch("[0-9a-f]{40}", source.repository.commit)


def test_a_missing_file_is_told_with_the_command_that_gets_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"xquad\.en\.json is missing: XQuAD, in English") as told:
        checked(ENGLISH, tmp_path)
    assert "git clone https://github.com/google-deepmind/xquad" in str(told.value)
    assert ENGLISH.repository.commit in str(told.value)


def test_another_file_than_the_measured_one_is_refused(tmp_path: Path) -> None:
    published(tmp_path, {"data": []})
    with pytest.raises(Unavailable, match=f"not {ENGLISH.sha256}"):
        checked(ENGLISH, tmp_path)


@pytest.mark.parametrize("source", [ENGLISH, *(one for one in SOURCES if one.code == "it")])
def test_a_set_has_the_answerable_questions_of_its_paragraphs(
    source: Source, tmp_path: Path
) -> None:
    paragraphs = [
        {"context": "\ufeffOne.", "qas": qas("First?", "Second? ")},
        {"context": "Title [SEP] Two.", "qas": qas("Third?") + qas("None?", is_impossible=True)},
        {"context": "Three.", "qas": qas("None?", is_impossible=True)},
    ]
    found = read_set(published(tmp_path, {"data": [{"paragraphs": paragraphs}]}, source), tmp_path)
    assert [paragraph.text for paragraph in found.paragraphs] == ["One.", "Two."]
    assert [*found.questions()] == [("First?", 0), ("Second?", 0), ("Third?", 1)]
    assert found.articles == 1


def test_five_paragraphs_are_taken_from_each_of_48_articles() -> None:
    articles = [article(f"article {number}", 4 + number % 3) for number in range(100)]
    chosen = choose(articles)
    assert len(chosen) == PARAGRAPHS
    taken = [sum(one in chosen for one in each) for each in articles]
    assert sorted(set(taken)) == [0, 5]
    assert taken.count(5) == ARTICLES


def test_with_few_articles_more_paragraphs_are_taken_from_each() -> None:
    articles = [article(f"article {number}", 50) for number in range(10)]
    assert [sum(one in choose(articles) for one in each) for each in articles] == [24] * 10


def test_with_short_articles_more_articles_are_taken() -> None:
    articles = [article(f"article {number}", 1) for number in range(500)]
    assert choose(articles) == [each[0] for each in articles[:PARAGRAPHS]]


def test_a_rank_is_behind_all_paragraphs_of_the_same_score() -> None:
    scores = np.array([[0.9, 0.5, 0.1], [0.7, 0.7, 0.7], [0.2, 0.3, 0.4]], np.float32)
    assert places(scores, np.array([0, 0, 1])) == [1, 3, 2]


def test_shares_are_of_all_questions() -> None:
    assert Found.of([1, 1, 5, 6, 0]) == Found(first=0.4, first_five=0.6)


def test_a_reading_counts_unknown_tokens_and_what_is_cut(encoder: Encoder) -> None:
    thai = "ห้องสมุดเปิดเวลาเก้าโมงเช้า"  # one word to the tokenizer
    texts = [thai, "cat " * 254, "cat " * 255, "two words"]
    paragraphs = [Paragraph(text, ("Why?",)) for text in texts]
    reading = read(QuestionSet(ENGLISH, 4, paragraphs), encoder)
    assert reading.unknown_tokens == round(1 / (1 + 254 + 255 + 2), 4)
    assert reading.unknown_characters == 0.25
    assert reading.cut == 0.25
    assert reading.words == 254
    assert read(QuestionSet(replace(ENGLISH, code="th"), 4, paragraphs), encoder).words is None


def kept() -> list[LanguageFigures]:
    return stored("languages", LanguagesResult).measured


def test_the_advice_follows_what_comes_first() -> None:
    one, none = kept()[0], Found(0.1, 0.2)
    enough, less = Found(GOOD, 1.0), Found(GOOD - 0.01, 1.0)
    assert advice(replace(one, meaning=enough, words=none)) == "good"
    assert advice(replace(one, meaning=less, words=Found(USABLE, 1.0))) == "search_by_words"
    assert advice(replace(one, meaning=less, words=Found(USABLE - 0.01, 1.0))) == "other_model"


def test_all_languages_were_measured_with_the_default_precision() -> None:
    result = stored("languages", LanguagesResult)
    assert result.setting.endswith("; int8")
    assert [one.code for one in result.measured] == [source.code for source in SOURCES]
    assert {one.paragraphs for one in result.measured} == {PARAGRAPHS}


def test_the_facts_that_the_server_states_are_the_measured_ones() -> None:
    assert LANGUAGES[LANGUAGE].advice == "good"
    assert dict(LANGUAGES) == {
        one.code: LanguageFacts(
            one.meaning.first, one.words.first, one.reading.unknown_tokens, advice(one)
        )
        for one in kept()
    }

"""The texts, parsers and figures of the fidelity benchmark. Nothing is measured here."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from benchmarks.fidelity.figures import Spread, cosines, nearest, nearest_others, overlap
from benchmarks.fidelity.generated_texts import emoji, noise, numbers
from benchmarks.fidelity.judgements import all_pairs, word_pairs
from benchmarks.fidelity.texts import (
    BUCKETS,
    RunningText,
    draw,
    evaluation_texts,
    load_tokenizer,
)
from benchmarks.measuring.corpora import pythons_reference
from benchmarks.measuring.texts import GOLDEN, SHORT, long, mixed, short
from model_layer.artifacts import TOKENIZER
from model_layer.build.calibration import TEXTS
from model_layer.places import DEFAULT_BUNDLE

DOCSTRINGS = Path(random.__file__).read_text()  # long enough to slice; in no package
SOURCES = {"code": [DOCSTRINGS], "numbers": [numbers()], "noise": [noise()], "emoji": [emoji()]}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer(DEFAULT_BUNDLE / TOKENIZER)


def test_evaluation_texts_are_the_same_every_time(tokenizer: Tokenizer) -> None:
    again = {"code": [DOCSTRINGS], "numbers": [numbers()], "noise": [noise()], "emoji": [emoji()]}
    assert evaluation_texts(SOURCES, tokenizer, each=2) == evaluation_texts(
        again, tokenizer, each=2
    )


def test_evaluation_texts_have_the_lengths_they_promise(tokenizer: Tokenizer) -> None:
    texts = evaluation_texts(SOURCES, tokenizer, each=3)
    buckets = {bucket.name: bucket for bucket in BUCKETS}
    counts = Counter((one.script, one.bucket) for one in texts)
    assert counts == {(script, bucket): 3 for script in SOURCES for bucket in buckets}
    for one in texts:
        tokens = len(tokenizer.encode(one.text).ids)
        assert buckets[one.bucket].least <= tokens <= buckets[one.bucket].most, one


def test_the_buckets_follow_each_other() -> None:
    assert [bucket.least for bucket in BUCKETS[1:]] == [bucket.most + 1 for bucket in BUCKETS[:-1]]


def test_no_evaluation_text_is_a_reference_text_or_comes_twice(tokenizer: Tokenizer) -> None:
    golden = [pair["text"] for pair in json.loads(GOLDEN.read_text())]
    # Has 18 texts of 1 to 6 words, three of which are reference texts: all the others are drawn.
    sources = {"words": ["cat Paris 42 " * 250]}
    texts = [one.text for one in evaluation_texts(sources, tokenizer, each=15)]
    assert {"cat", "Paris", "42"} <= set(golden)
    assert len(set(texts)) == len(texts)
    assert not set(texts) & set(golden)


def test_a_slice_starts_with_a_word_and_ends_with_one_where_there_is_room(
    tokenizer: Tokenizer,
) -> None:
    running = RunningText("unbelievable antidisestablishmentarianism overestimated " * 9, tokenizer)
    texts = draw(running, BUCKETS[2], random.Random(1), 5, set())
    words = {"unbelievable", "antidisestablishmentarianism", "overestimated"}
    for text in texts:
        *whole, last = text.split()
        assert set(whole) <= words
        assert any(word.startswith(last) for word in words)


def test_a_source_with_too_few_texts_is_refused(tokenizer: Tokenizer) -> None:
    running = RunningText("one two three " * 40, tokenizer)
    with pytest.raises(ValueError, match=r"A source has \d+ texts of 1–8 tokens, not 100"):
        draw(running, BUCKETS[0], random.Random(1), 100, set())


def test_word_pairs_are_read() -> None:
    judged = word_pairs("pairs", "# a comment\n# Word 1\tWord 2\ntiger\tcat\t7.35\ncat\tcar\t0.5\n")
    assert judged.texts == ["tiger", "cat", "car"]
    assert judged.pairs.tolist() == [[0, 1], [1, 2]]
    assert judged.scores.tolist() == [7.35, 0.5]
    with pytest.raises(ValueError, match="not enough values"):
        word_pairs("pairs", "tiger\tcat\n")


def test_the_judgements_above_the_diagonal_are_read() -> None:
    judged = all_pairs("documents", ["a", "b", "c"], "1 0.2 0.3\n0.2 1 0.6\n0.3 0.6 1\n")
    assert judged.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert judged.scores.tolist() == [0.2, 0.3, 0.6]
    with pytest.raises(ValueError, match=r"The judgements are \(3, 3\), of 2 texts"):
        all_pairs("documents", ["a", "b"], "1 0.2 0.3\n0.2 1 0.6\n0.3 0.6 1\n")


def test_the_nearest_come_first_and_a_row_is_not_its_own_neighbour() -> None:
    rows = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    assert nearest(rows[:1], rows, 2).tolist() == [[0, 2]]
    assert nearest_others(rows, 1).tolist() == [[2], [2], [1]]


def test_overlap_is_the_share_found_by_both_in_any_order() -> None:
    ours, theirs = np.array([[1, 2, 3, 4], [5, 6, 7, 8]]), np.array([[4, 9, 1, 0], [5, 6, 7, 8]])
    assert overlap(ours, theirs).tolist() == [0.5, 1]


def test_cosines_and_their_spread() -> None:
    ours = np.array([[1, 0], [0, 2]], np.float32)
    theirs = np.array([[1, 0], [1, 1]], np.float32)
    found = cosines(ours, theirs)
    assert found.tolist() == pytest.approx([1, 0.5**0.5])
    assert Spread.of(found).worst == found[1]
    spread = Spread.of(np.linspace(0, 1, 101))
    assert (spread.mean, spread.percentile, spread.worst) == pytest.approx((0.5, 0.01, 0))


def test_no_calibration_text_is_an_evaluation_text(tokenizer: Tokenizer) -> None:
    """Of the sources that need no other package."""
    lines = [line for line in TEXTS.read_text(encoding="utf-8").splitlines() if len(line) > 1]
    sentences = [line for line in lines if len(line) > 20 and any(map(str.isalpha, line))]
    running = {**SOURCES, "English": ["\n".join(pythons_reference().values())]}
    for (text,) in running.values():
        assert [line for line in sentences if line in text] == []
    texts = {one.text for one in evaluation_texts(running, tokenizer, each=16)}
    texts |= {SHORT, *short(300), *mixed(300), *long(30)}
    assert not {line.strip() for line in lines} & texts

"""The build calibrates on many texts, none of which is used to measure anything."""

from __future__ import annotations

from model_layer.artifacts import TOKENIZER
from model_layer.build.calibration import TEXTS, calibration_ids
from model_layer.build.parameters import MAX_TOKENS
from model_layer.places import DEFAULT_BUNDLE
from tests.golden.reference import Golden

LINES = TEXTS.read_text(encoding="utf-8").splitlines()


def test_the_texts_are_distinct_and_not_empty() -> None:
    assert len(LINES) == len(set(LINES)) > 150
    assert all(line.strip() for line in LINES)


def test_no_text_is_a_reference_text(golden: Golden) -> None:
    assert not {line.strip() for line in LINES} & {text.strip() for text in golden.texts}


def test_each_text_occurs_alone_and_in_a_long_text() -> None:
    ids = calibration_ids(DEFAULT_BUNDLE / TOKENIZER)
    lengths = [len(one) for one in ids]
    assert len(ids) == len(LINES) + -(-len(LINES) // 7)
    assert 200 < max(lengths) <= MAX_TOKENS
    assert min(lengths[len(LINES) : -1]) > 60

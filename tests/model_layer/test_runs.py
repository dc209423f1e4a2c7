"""Texts of one length go together, in runs that are neither too long nor too few."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_layer.runs import LEAST_TOKENS, MOST_TOKENS, group

LENGTHS = st.dictionaries(st.integers(0, 5_000), st.integers(2, 256) | st.just(8), max_size=300)


@given(lengths=LENGTHS, threads=st.integers(1, 4))
def test_every_text_is_in_one_run_of_texts_of_its_length(
    lengths: dict[int, int], threads: int
) -> None:
    runs = group(lengths, threads=threads)
    assert Counter(text for run in runs for text in run) == Counter([*lengths])
    for run in runs:
        assert len({lengths[text] for text in run}) == 1
        assert sum(lengths[text] for text in run) <= MOST_TOKENS


@pytest.mark.parametrize(("threads", "texts_of_runs"), [(1, [32, 8]), (2, [20, 20])])
def test_a_run_is_as_long_as_it_may_be_if_each_thread_has_one(
    threads: int, texts_of_runs: list[int]
) -> None:
    runs = group(dict.fromkeys(range(40), 8), threads=threads)
    assert [len(run) for run in runs] == texts_of_runs


def test_a_run_is_not_made_shorter_than_pays() -> None:
    runs = group(dict.fromkeys(range(8), 8), threads=5)
    assert [8 * len(run) for run in runs] == [LEAST_TOKENS, LEAST_TOKENS]


def test_one_thread_keeps_the_order_and_several_begin_with_the_longest_run() -> None:
    lengths = {0: 9, 1: 25, 2: 9, 3: 4, 4: 9}
    assert group(lengths, threads=1) == [[0, 2, 4], [1], [3]]
    assert group(lengths | {1: 28}, threads=2) == [[1], [0, 2, 4], [3]]

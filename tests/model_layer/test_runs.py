"""Texts of one length go together, in runs that are neither too long nor too few."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from model_layer.runs import LEAST_TOKENS, MOST_TOKENS, RUNS_A_THREAD, group

LENGTHS = st.dictionaries(st.integers(0, 5_000), st.integers(2, 256) | st.just(8), max_size=300)


@given(lengths=LENGTHS, threads=st.integers(1, 4))
def test_every_text_is_in_one_run_of_texts_of_its_length(
    lengths: dict[int, int], threads: int
) -> None:
    runs = [*group(lengths, threads=threads)]
    assert Counter(text for run in runs for text in run) == Counter([*lengths])
    for run in runs:
        assert len({lengths[text] for text in run}) == 1
        assert sum(lengths[text] for text in run) <= MOST_TOKENS


def test_one_thread_gets_as_few_runs_as_possible() -> None:
    runs = [*group(dict.fromkeys(range(40), 8), threads=1)]
    assert runs == [[*range(32)], [*range(32, 40)]]


def test_runs_come_in_the_order_of_their_first_texts() -> None:
    assert [*group({0: 9, 1: 5, 2: 9, 3: 4, 4: 5}, threads=1)] == [[0, 2], [1, 4], [3]]


def test_several_threads_get_enough_runs_to_end_together() -> None:
    runs = [*group(dict.fromkeys(range(100), 8), threads=2)]
    assert len(runs) >= 2 * RUNS_A_THREAD


def test_a_run_is_not_made_shorter_than_pays() -> None:
    runs = [*group(dict.fromkeys(range(8), 8), threads=5)]
    assert [8 * len(run) for run in runs] == [LEAST_TOKENS, LEAST_TOKENS]

"""`encode` gives unit vectors, cuts at the limit and stops at the deadline.

That a vector never depends on other texts is in test_invariance.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from model_layer import Cancelled, DeadlineExceeded, Encoder, TextTooLong, load_encoder
from model_layer.fair_semaphore import FairSemaphore
from model_layer.session import Session
from tests.strategies import ANY_CHARACTER

ANY_TEXT = st.text(ANY_CHARACTER, max_size=300)

# The first numbers of this vector in fastembed's tests (tests/test_text_onnx_embeddings.py).
HELLO_WORLD = [-0.034478, 0.03102, 0.00673, 0.02611, -0.039362]


def test_hello_world_has_its_canonical_vector(each_encoder: Encoder) -> None:
    vector = each_encoder.encode(["hello world"]).vectors[0]
    tolerance = {"fp32": 1e-5, "int8": 1e-2}[each_encoder.bundle.precision]
    np.testing.assert_allclose(vector[:5], HELLO_WORLD, atol=tolerance)


def test_no_texts_give_empty_arrays(encoder: Encoder) -> None:
    encoded = encoder.encode([])
    assert encoded.vectors.shape == (0, 384)
    assert encoded.vectors.dtype == np.float32
    assert encoded.token_counts.shape == encoded.truncated.shape == (0,)


@given(st.lists(ANY_TEXT, max_size=4))
def test_any_text_gives_a_vector_of_unit_length(encoder: Encoder, texts: list[str]) -> None:
    encoded = encoder.encode(texts)
    assert encoded.vectors.shape == (len(texts), 384)
    np.testing.assert_allclose(np.linalg.norm(encoded.vectors, axis=1), 1, atol=1e-5)
    assert ((encoded.token_counts >= 2) & (encoded.token_counts <= 256)).all()


def test_texts_are_cut_at_256_tokens_and_the_cut_is_reported(encoder: Encoder) -> None:
    encoded = encoder.encode([" ".join(["word"] * count) for count in (126, 253, 254, 255, 5_000)])
    assert encoded.token_counts.tolist() == [128, 255, 256, 256, 256]
    assert encoded.truncated.tolist() == [False, False, False, True, True]
    assert encoded.vectors[2].tobytes() == encoded.vectors[4].tobytes()
    assert encoded.vectors[1].tobytes() != encoded.vectors[2].tobytes()


def test_a_lone_surrogate_is_read_as_the_replacement_character(encoder: Encoder) -> None:
    broken, replaced = encoder.encode(["half a \ud83d smile", "half a \ufffd smile"]).vectors
    assert broken.tobytes() == replaced.tobytes()


@pytest.mark.parametrize("unit", ["a", "word ", "漢", "😀", "\u0301", "\x00", "\ud83d", "。"])
def test_a_megabyte_is_encoded(encoder: Encoder, unit: str) -> None:
    encoded = encoder.encode([unit * (1_000_000 // len(unit))])
    np.testing.assert_allclose(np.linalg.norm(encoded.vectors), 1, atol=1e-5)


def test_a_bare_string_is_refused(encoder: Encoder) -> None:
    with pytest.raises(TypeError, match=r"write \[text\]"):
        encoder.encode("a string")


def test_an_item_that_is_not_a_string_is_named(encoder: Encoder) -> None:
    with pytest.raises(TypeError, match=r"texts\[1\] is int, not str"):
        encoder.encode(["a", 5])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "texts",
    [
        ("one", "two", "one"),
        (text for text in ("one", "two", "one")),
        iter(["one", "two", "one"]),
        map(str.lower, ["ONE", "TWO", "ONE"]),
        deque(["one", "two", "one"]),
        np.array(["one", "two", "one"]),
        np.array(["one", "two", "one"], object),
        {1: "one", 2: "two", 3: "one"}.values(),
    ],
    ids=lambda texts: type(texts).__name__,
)
def test_texts_in_an_order_are_encoded_whatever_holds_them(
    encoder: Encoder, texts: Iterable[str]
) -> None:
    encoded = encoder.encode(texts)
    assert encoded.vectors.tobytes() == encoder.encode(["one", "two", "one"]).vectors.tobytes()
    assert encoded.token_counts.tolist() == [3, 3, 3]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (b"bytes", r"one bytes: write \[text\]"),
        ({"one", "two"}, r"in an order, not a set.* write a list"),
        (frozenset({"one"}), "not a frozenset"),
        ({"one": 1}, "not a dict"),
        ([b"one"], r"texts\[0\] is bytes, not str"),
        (np.array([["one"], ["two"]]), r"texts\[0\] is ndarray, not str"),
        (np.array("one"), "not ndarray"),
        (None, "not NoneType"),
        (5, "not int"),
        ((n for n in ("one", None)), r"texts\[1\] is NoneType"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_not_texts_in_an_order_is_refused(
    encoder: Encoder, texts: Any, message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        encoder.encode(texts)


def test_zero_threads_are_refused() -> None:
    with pytest.raises(ValueError, match="threads is 0"):
        load_encoder(threads=0)


def test_the_start_may_be_cut_instead_of_the_end(encoder: Encoder) -> None:
    text = "first " * 300 + "last " * 254
    encoded = encoder.encode([text, "last " * 254], truncate="START")
    assert encoded.truncated.tolist() == [True, False]
    assert encoded.vectors[0].tobytes() == encoded.vectors[1].tobytes()


def test_a_text_that_must_not_be_cut_is_refused_before_any_run(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder._session, "run", None)
    texts = ["short", "word " * 254, "word " * 200_000, "word " * 300]
    with pytest.raises(TextTooLong) as caught:
        encoder.encode(texts, truncate="NONE")
    error = caught.value
    assert (error.index, error.tokens, error.limit) == (2, 200_002, 256)


class TimedSession(Session):
    """A session whose runs take one second each on a clock of its own, and no real time."""

    def __init__(self) -> None:
        self.turns = FairSemaphore(2)
        self.seconds = 0.0
        self.texts = 0  # that were run

    def clock(self) -> float:
        return self.seconds

    def run(self, ids: NDArray[np.int32], *, first: bool = False) -> NDArray[np.float32]:
        self.seconds += 1
        self.texts += len(ids)
        return np.zeros((len(ids), 384), np.float32)


@pytest.fixture
def session() -> TimedSession:
    return TimedSession()


@pytest.fixture
def timed_encoder(encoder: Encoder, session: TimedSession) -> Encoder:
    parts = (encoder.bundle, encoder.tokenizer, session)
    return Encoder(*parts, threads=1, clock=session.clock)


def test_the_work_stops_at_the_deadline_and_reports_its_progress(timed_encoder: Encoder) -> None:
    texts = ["word " * count for count in range(1, 21)]
    with pytest.raises(DeadlineExceeded) as caught:
        timed_encoder.encode(texts, deadline=6.5)  # the seventh run ends after 7 seconds
    error = caught.value
    assert (error.texts_done, error.texts) == (7, 20)
    assert error.tokens_done == sum(count + 2 for count in range(1, 8))
    assert error.tokens == sum(count + 2 for count in range(1, 21))


def test_work_that_ends_by_the_deadline_is_answered(timed_encoder: Encoder) -> None:
    assert len(timed_encoder.encode(["a", "a b", "a b c"], deadline=3).vectors) == 3


def test_nothing_is_run_after_the_deadline(timed_encoder: Encoder, session: TimedSession) -> None:
    session.seconds = 10
    with pytest.raises(DeadlineExceeded) as caught:
        timed_encoder.encode(["a", "b"], deadline=9)
    assert (caught.value.texts_done, caught.value.texts, caught.value.tokens_done) == (0, 2, 0)
    assert session.seconds == 10


def test_the_deadline_is_on_the_monotonic_clock(encoder: Encoder) -> None:
    encoder.encode(["a"], deadline=time.monotonic() + 1_000)
    with pytest.raises(DeadlineExceeded):
        encoder.encode(["a"], deadline=time.monotonic() - 1)


def test_cancelled_work_stops_between_runs(timed_encoder: Encoder, session: TimedSession) -> None:
    with pytest.raises(Cancelled):
        timed_encoder.encode(
            ["word " * count for count in range(9)], is_cancelled=lambda: session.seconds >= 3
        )
    assert session.seconds == 3


@pytest.mark.parametrize("text", ["word " * 200_000, "\u200d" * 1_000_000, "a\u2028" * 500_000])
def test_the_deadline_and_the_caller_end_the_work_within_one_text(
    encoder: Encoder, session: TimedSession, text: str
) -> None:
    def clock() -> float:
        session.seconds += 1  # at each look
        return session.seconds

    timed = Encoder(encoder.bundle, encoder.tokenizer, session, threads=1, clock=clock)
    with pytest.raises(DeadlineExceeded) as caught:
        timed.encode(["a", text], truncate="NONE", deadline=10)
    assert (caught.value.texts_done, caught.value.texts) == (0, 2)
    with pytest.raises(Cancelled):
        timed.encode([text], truncate="NONE", is_cancelled=lambda: clock() > 20)
    assert session.seconds == 21


def test_an_error_in_one_worker_stops_the_others(encoder: Encoder, session: TimedSession) -> None:
    workers = Encoder(encoder.bundle, encoder.tokenizer, session, threads=2, clock=session.clock)
    with pytest.raises(Cancelled):
        workers.encode(
            ["word " * count for count in range(99)], is_cancelled=lambda: session.seconds >= 3
        )
    assert session.seconds <= 4  # both may have begun their last run


def test_a_run_of_several_texts_is_reported_whole(timed_encoder: Encoder) -> None:
    texts = [*(f"number {n}" for n in range(100)), "word"]  # 64 texts of four tokens a run
    with pytest.raises(DeadlineExceeded) as caught:
        timed_encoder.encode(texts, deadline=0.5)
    error = caught.value
    assert (error.texts_done, error.texts) == (64, 101)
    assert (error.tokens_done, error.tokens) == (64 * 4, 100 * 4 + 3)


def test_an_error_in_another_thread_reaches_the_caller(
    encoder: Encoder, session: TimedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, both_began = threading.current_thread(), threading.Barrier(2)

    def run(_: object) -> NDArray[np.float32]:
        both_began.wait()
        if threading.current_thread() is not caller:
            raise MemoryError
        return np.zeros((1, 384), np.float32)

    monkeypatch.setattr(session, "run", run)
    workers = Encoder(encoder.bundle, encoder.tokenizer, session, threads=2)
    with pytest.raises(MemoryError):
        workers.encode(["a", "a b"])


def test_a_repeated_text_is_run_once_and_counted_every_time(
    encoder: Encoder, timed_encoder: Encoder, session: TimedSession
) -> None:
    timed_encoder.encode(["a", "b", "a", "A", "a"])
    assert session.texts == 2  # the model ignores capitals
    encoded = encoder.encode(["a", "b", "a", "A", "a"])
    assert encoded.token_counts.tolist() == [3] * 5
    assert encoded.vectors.tobytes() == encoder.encode(["a", "b", "a", "a", "a"]).vectors.tobytes()
    assert encoded.vectors[0].tobytes() == encoded.vectors[2].tobytes()
    assert encoded.vectors[0].tobytes() != encoded.vectors[1].tobytes()

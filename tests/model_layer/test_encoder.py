"""`encode` keeps its promises; that a vector is the same bytes in any company: test_invariance."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_layer import DeadlineExceeded, Encoder, TextTooLong, load_encoder
from tests.conftest import ANY_CHARACTER

ANY_TEXT = st.text(ANY_CHARACTER, max_size=300)

# fastembed's canonical first numbers for this model (its tests/test_text_onnx_embeddings.py).
HELLO_WORLD = [-0.034478, 0.03102, 0.00673, 0.02611, -0.039362]


def test_hello_world_has_its_canonical_vector(each_encoder: Encoder) -> None:
    vector = each_encoder.encode(["hello world"]).vectors[0]
    tolerance = {"fp32": 1e-5, "int8": 1e-2}[each_encoder.bundle.precision]
    np.testing.assert_allclose(vector[:5], HELLO_WORLD, atol=tolerance)


def test_nothing_gives_empty_arrays(encoder: Encoder) -> None:
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


def test_the_limit_is_256_tokens_and_a_cut_is_reported(encoder: Encoder) -> None:
    encoded = encoder.encode([" ".join(["word"] * count) for count in (126, 253, 254, 255, 5_000)])
    assert encoded.token_counts.tolist() == [128, 255, 256, 256, 256]
    assert encoded.truncated.tolist() == [False, False, False, True, True]
    assert encoded.vectors[2].tobytes() == encoded.vectors[4].tobytes()
    assert encoded.vectors[1].tobytes() != encoded.vectors[2].tobytes()


def test_a_lone_surrogate_is_read_as_the_replacement_character(encoder: Encoder) -> None:
    broken, replaced = encoder.encode(["half a \ud83d smile", "half a \ufffd smile"]).vectors
    assert broken.tobytes() == replaced.tobytes()


@pytest.mark.parametrize("letter", ["a", "word ", "漢", "😀", "\u0301", "\x00", "\ud83d", "。"])
def test_a_megabyte_is_encoded(encoder: Encoder, letter: str) -> None:
    encoded = encoder.encode([letter * (1_000_000 // len(letter))])
    np.testing.assert_allclose(np.linalg.norm(encoded.vectors), 1, atol=1e-5)


def test_one_bare_string_is_refused(encoder: Encoder) -> None:
    with pytest.raises(TypeError, match=r"write \[text\]"):
        encoder.encode("a string")


def test_an_item_that_is_no_string_is_named(encoder: Encoder) -> None:
    with pytest.raises(TypeError, match=r"texts\[1\] is int, not str"):
        encoder.encode(["a", 5])  # type: ignore[list-item]


def test_no_threads_are_refused() -> None:
    with pytest.raises(ValueError, match="threads is 0"):
        load_encoder(threads=0)


def test_the_start_may_be_left_out_in_place_of_the_end(encoder: Encoder) -> None:
    text = "first " * 300 + "last " * 254
    encoded = encoder.encode([text, "last " * 254], truncate="START")
    assert encoded.truncated.tolist() == [True, False]
    assert encoded.vectors[0].tobytes() == encoded.vectors[1].tobytes()


def test_a_text_that_may_not_be_cut_is_named_before_any_work(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder._session, "run", None)
    texts = ["short", "word " * 254, "word " * 200_000, "word " * 300]
    with pytest.raises(TextTooLong) as caught:
        encoder.encode(texts, truncate="NONE")
    error = caught.value
    assert (error.index, error.tokens, error.limit) == (2, 200_002, 256)


def test_the_work_stops_at_the_deadline_and_tells_how_far_it_came(encoder: Encoder) -> None:
    texts = [f"{number} " + "word " * 250 for number in range(800)]
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded) as caught:
        encoder.encode(texts, deadline=started + 3)
    error = caught.value
    assert 0 < error.texts_done < error.texts == 800
    assert 250 * error.texts_done < error.tokens_done < 256 * error.texts_done
    assert error.tokens == sum(len(encoder.tokenizer.tokenize(text).ids) for text in texts)


def test_nothing_is_run_when_the_time_is_up_already(encoder: Encoder) -> None:
    with pytest.raises(DeadlineExceeded) as caught:
        encoder.encode(["a", "b"], deadline=time.monotonic() - 1)
    assert (caught.value.texts_done, caught.value.tokens_done) == (0, 0)


def test_the_same_text_is_run_once_and_counted_every_time(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, runs = encoder._session.run, []
    monkeypatch.setattr(encoder._session, "run", lambda ids: runs.append(1) or run(ids))
    encoded = encoder.encode(["a", "b", "a", "A", "a"])
    assert len(runs) == 2  # the model does not tell capitals
    assert encoded.token_counts.tolist() == [3] * 5
    assert encoded.vectors.tobytes() == encoder.encode(["a", "b", "a", "a", "a"]).vectors.tobytes()
    assert encoded.vectors[0].tobytes() == encoded.vectors[2].tobytes()
    assert encoded.vectors[0].tobytes() != encoded.vectors[1].tobytes()

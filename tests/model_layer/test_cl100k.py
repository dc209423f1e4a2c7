"""Token ids decode to the same text as with tiktoken, the reference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from model_layer import BundleError, Cl100k, TokenIdError, load_cl100k
from model_layer.artifacts import Bundle, read_bundle
from model_layer.cl100k import RANKS, SIZE


@pytest.fixture(scope="module")
def reference(tiktoken_cache: Path) -> tiktoken.Encoding:
    return tiktoken.get_encoding("cl100k_base")


@given(ids=st.lists(st.integers(0, RANKS - 1), max_size=200))
def test_any_ids_decode_as_with_tiktoken(
    cl100k: Cl100k, reference: tiktoken.Encoding, ids: list[int]
) -> None:
    assert cl100k.decode(ids) == reference.decode(ids)


def test_every_single_token_decodes_as_with_tiktoken(
    cl100k: Cl100k, reference: tiktoken.Encoding
) -> None:
    assert all(cl100k.decode([rank]) == reference.decode([rank]) for rank in range(RANKS))
    assert reference.n_vocab == SIZE


@given(text=st.text())
def test_an_encoded_text_decodes_to_itself(
    cl100k: Cl100k, reference: tiktoken.Encoding, text: str
) -> None:
    assert cl100k.decode(reference.encode(text, disallowed_special=())) == text


@pytest.mark.parametrize("token_id", [-1, SIZE, 2**40, -(2**40), 2**64, -(2**70)])
def test_an_id_outside_the_vocabulary_is_refused_with_its_position(
    cl100k: Cl100k, token_id: int
) -> None:
    with pytest.raises(TokenIdError, match=r"outside the cl100k_base vocabulary") as caught:
        cl100k.decode([1, 2, token_id, -5])
    assert (caught.value.position, caught.value.token_id) == (2, token_id)


def test_the_first_invalid_id_is_named_even_before_a_larger_one(cl100k: Cl100k) -> None:
    with pytest.raises(TokenIdError) as caught:
        cl100k.decode([1, RANKS, 10**20])
    assert (caught.value.position, caught.value.token_id) == (1, RANKS)


@pytest.mark.parametrize("token_id", range(RANKS, SIZE))
def test_special_and_unused_ids_are_refused(cl100k: Cl100k, token_id: int) -> None:
    with pytest.raises(TokenIdError, match="stands for no text") as caught:
        cl100k.decode([token_id])
    assert (caught.value.position, caught.value.token_id) == (0, token_id)


def test_a_table_of_another_size_is_refused(tmp_path: Path) -> None:
    bundle = read_bundle()
    np.save(tmp_path / "cl100k.npy", np.zeros((RANKS + 1) * 4 + 7, np.uint8))
    other = Bundle(**{**vars(bundle), "folder": tmp_path})
    with pytest.raises(BundleError, match=r"cl100k\.npy .*not the table .*make model"):
        load_cl100k(other)

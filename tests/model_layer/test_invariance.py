"""A text's vector never depends on its batch, its order, its thread or its process.

A run has texts of one length, on one thread, and its operators compute each text as if it were
alone. `make test` tries the default precision on hundreds of random batches, `make test-slow` both
precisions on thousands.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model_layer import Encoder, load_encoder
from model_layer.runs import MOST_TOKENS
from tests.golden.reference import Golden
from tests.paths import ROOT
from tests.strategies import ANY_CHARACTER

ANY_TEXT = st.text(ANY_CHARACTER, max_size=300)
THREADS = (1, 2, 5)  # texts encoded at a time
POOL = 64  # texts that the batches are drawn from
FEW_BATCHES, MANY_BATCHES = 200, 2_000  # for each precision


@dataclass(frozen=True)
class Alone:
    """Texts of all kinds, short ones first, each with its vector when encoded alone."""

    encoders: Mapping[int, Encoder]  # by their threads
    texts: Sequence[str]
    vectors: NDArray[np.float32]  # (texts, 384)

    def assert_same(self, indices: Sequence[int], threads: int) -> None:
        """These texts have the same vectors together as alone, byte for byte."""
        encoded = self.encoders[threads].encode([self.texts[index] for index in indices])
        for index, vector in zip(indices, encoded.vectors, strict=True):
            assert vector.tobytes() == self.vectors[index].tobytes(), self.texts[index][:100]


@pytest.fixture(scope="module")
def alone(bundle_folder: Path, golden: Golden) -> Alone:
    encoders = {threads: load_encoder(bundle_folder, threads=threads) for threads in THREADS}
    texts = sorted(golden.texts, key=len)
    vectors = [encoders[1].encode([text]).vectors[0] for text in texts]
    return Alone(encoders, texts, np.stack(vectors))


INDICES = st.lists(st.integers(0, POOL - 1), min_size=1, max_size=6)


@settings(max_examples=FEW_BATCHES)
@given(indices=INDICES, threads=st.sampled_from(THREADS))
def test_a_vector_is_the_same_in_any_batch(alone: Alone, indices: list[int], threads: int) -> None:
    alone.assert_same(indices, threads)


@pytest.mark.slow
@settings(max_examples=MANY_BATCHES)
@given(indices=INDICES, threads=st.sampled_from(THREADS))
def test_a_vector_is_the_same_in_any_of_many_batches(
    alone: Alone, indices: list[int], threads: int
) -> None:
    alone.assert_same(indices, threads)


def test_texts_of_all_lengths_have_the_same_vectors_in_any_order(alone: Alone) -> None:
    indices = random.Random(5).sample(range(len(alone.texts)), len(alone.texts))
    alone.assert_same(indices, threads=5)


def test_texts_of_every_length_have_the_same_vectors_among_others_of_their_length(
    alone: Alone,
) -> None:
    rng = random.Random(3)
    words = _words_of_one_token(alone.encoders[1])
    texts = [
        " ".join(rng.choices(words, k=tokens - 2))
        for tokens in range(2, MOST_TOKENS + 1)
        for _ in range(rng.randint(min(2, MOST_TOKENS // tokens), MOST_TOKENS // tokens))
    ]
    rng.shuffle(texts)
    together = alone.encoders[2].encode(texts)
    assert {*together.token_counts.tolist()} == {*range(2, MOST_TOKENS + 1)}
    for text, vector in zip(texts, together.vectors, strict=True):
        assert vector.tobytes() == alone.encoders[1].encode([text]).vectors.tobytes(), text[:100]


def _words_of_one_token(encoder: Encoder) -> Sequence[str]:
    vocabulary = encoder.tokenizer.wordpiece.get_vocab()
    return sorted(word for word in vocabulary if word.isascii() and word.isalpha())


def test_vectors_are_the_same_with_many_callers_at_a_time(alone: Alone) -> None:
    rng = random.Random(1)
    batches = [rng.choices(range(POOL), k=rng.randint(1, 6)) for _ in range(300)]
    with ThreadPoolExecutor(6) as callers:
        # list() raises a caller's exception.
        list(callers.map(alone.assert_same, batches, rng.choices(THREADS, k=len(batches))))


PROGRAM = """
import json, sys
from pathlib import Path
from model_layer import load_encoder

encoder = load_encoder(Path(sys.argv[1]), threads=2)
sys.stdout.buffer.write(encoder.encode(json.load(sys.stdin)).vectors.tobytes())
"""


def test_vectors_are_the_same_in_another_process(alone: Alone) -> None:
    indices = random.Random(2).sample(range(len(alone.texts)), len(alone.texts) // 3)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, alone.encoders[1].bundle.folder],
        cwd=ROOT,
        input=json.dumps([alone.texts[index] for index in indices]).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout == alone.vectors[indices].tobytes()


@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=8), seed=st.integers())
def test_any_text_has_the_same_vector_in_any_batch(
    each_encoder: Encoder, texts: list[str], seed: int
) -> None:
    expected = {text: each_encoder.encode([text]).vectors[0].tobytes() for text in texts}
    shuffled = random.Random(seed).sample(texts, len(texts))
    for text, vector in zip(shuffled, each_encoder.encode(shuffled).vectors, strict=True):
        assert vector.tobytes() == expected[text]

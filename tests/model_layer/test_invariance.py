"""A text's vector is the same bytes alone, in any batch, order, thread and process.

By construction: a run sees one text, on one thread. Both precisions are tried on thousands of
random batches.
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
from model_layer.build.__main__ import PRECISIONS
from tests.conftest import ANY_CHARACTER, ROOT, Golden

ANY_TEXT = st.text(ANY_CHARACTER, max_size=300)
THREADS = (1, 2, 5)  # texts encoded at a time
POOL = 64  # texts that the batches are drawn from
BATCHES = 2_000  # of each precision


@dataclass(frozen=True)
class Alone:
    """Texts of all kinds, the short ones first, with what each gets when it is encoded alone."""

    encoders: Mapping[int, Encoder]  # by their threads
    texts: Sequence[str]
    vectors: NDArray[np.float32]  # (texts, 384)

    def assert_same(self, places: Sequence[int], threads: int) -> None:
        """The texts at `places`, encoded together, get the same bytes as alone."""
        encoded = self.encoders[threads].encode([self.texts[place] for place in places])
        for place, vector in zip(places, encoded.vectors, strict=True):
            assert vector.tobytes() == self.vectors[place].tobytes(), self.texts[place][:100]


@pytest.fixture(scope="module", params=PRECISIONS)
def alone(request: pytest.FixtureRequest, bundles: Mapping[str, Path], golden: Golden) -> Alone:
    folder = bundles[request.param]
    encoders = {threads: load_encoder(folder, threads=threads) for threads in THREADS}
    texts = sorted(golden.texts, key=len)
    vectors = [encoders[1].encode([text]).vectors[0] for text in texts]
    return Alone(encoders, texts, np.stack(vectors))


@settings(max_examples=BATCHES)
@given(
    places=st.lists(st.integers(0, POOL - 1), min_size=1, max_size=6),
    threads=st.sampled_from(THREADS),
)
def test_in_any_batch(alone: Alone, places: list[int], threads: int) -> None:
    alone.assert_same(places, threads)


def test_of_any_length_in_any_order(alone: Alone) -> None:
    places = random.Random(5).sample(range(len(alone.texts)), len(alone.texts))
    alone.assert_same(places, threads=5)


def test_with_many_callers_at_a_time(alone: Alone) -> None:
    rng = random.Random(1)
    batches = [rng.choices(range(POOL), k=rng.randint(1, 6)) for _ in range(300)]
    with ThreadPoolExecutor(6) as callers:
        # The list raises what a caller raised.
        list(callers.map(alone.assert_same, batches, rng.choices(THREADS, k=len(batches))))


PROGRAM = """
import json, sys
from pathlib import Path
from model_layer import load_encoder

encoder = load_encoder(Path(sys.argv[1]), threads=2)
sys.stdout.buffer.write(encoder.encode(json.load(sys.stdin)).vectors.tobytes())
"""


def test_in_another_process(alone: Alone) -> None:
    places = random.Random(2).sample(range(len(alone.texts)), len(alone.texts))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, alone.encoders[1].bundle.folder],
        cwd=ROOT,
        input=json.dumps([alone.texts[place] for place in places]).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout == alone.vectors[places].tobytes()


@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=8), seed=st.integers())
def test_whatever_the_text_is(each_encoder: Encoder, texts: list[str], seed: int) -> None:
    expected = {text: each_encoder.encode([text]).vectors[0].tobytes() for text in texts}
    shuffled = random.Random(seed).sample(texts, len(texts))
    for text, vector in zip(shuffled, each_encoder.encode(shuffled).vectors, strict=True):
        assert vector.tobytes() == expected[text]

"""The one verb: `encode` turns texts into unit vectors, in the order given.

tokenize → run (pooling and normalisation inside) → row i of the answer. Does not split long
texts: what is past the model's limit is cut, and reported.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_layer.artifacts import Bundle, read_bundle
from model_layer.session import Session, load_session
from model_layer.tokenizer import Tokenizer, load_tokenizer


@dataclass(frozen=True)
class Encoded:
    """n texts, encoded. Row i belongs to text i."""

    vectors: NDArray[np.float32]  # (n, 384), rows of unit length
    token_counts: NDArray[np.int64]  # (n,), tokens the model read, specials included
    truncated: NDArray[np.bool_]  # (n,), whether the text had more


class Encoder:
    """Encodes texts with the bundled model. Thread-safe."""

    def __init__(
        self, bundle: Bundle, tokenizer: Tokenizer, session: Session, *, threads: int
    ) -> None:
        self.bundle = bundle
        self._tokenizer = tokenizer
        self._session = session
        self._threads = threads

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode `texts`; an empty sequence gives arrays of length 0.

        A text's vector is the same bytes whatever else is in the call, in whatever order.
        Raises TypeError for a bare string or an item that is not a string.
        """
        _check(texts)
        count = len(texts)
        encoded = Encoded(
            vectors=np.empty((count, self.bundle.dimensions), np.float32),
            token_counts=np.empty(count, np.int64),
            truncated=np.empty(count, np.bool_),
        )
        # One iterator for all workers: each takes the next text when it is free, so that a
        # worker with long texts does not keep the others waiting. (`next` is atomic.)
        places = iter(range(count))

        def work(_: int = 0) -> None:
            for place in places:
                tokens = self._tokenizer.tokenize(texts[place])
                encoded.vectors[place] = self._session.run(tokens.ids)
                encoded.token_counts[place] = len(tokens.ids)
                encoded.truncated[place] = tokens.truncated

        workers = min(self._threads, count)
        if workers <= 1:
            work()
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(work, range(workers)))  # the list raises what a worker raised
        return encoded


def _check(texts: Sequence[str]) -> None:
    if isinstance(texts, str):
        raise TypeError("encode takes a sequence of strings, not one string: write [text].")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"texts[{index}] is {type(text).__name__}, not str.")


def load_encoder(
    bundle: Path | None = None, *, threads: int | None = None, verify: bool = True
) -> Encoder:
    """Load the model and make it ready to encode.

    bundle: its folder; the one that `make model` built by default.
    threads: texts encoded at a time; the CPUs this process may use by default. (On Lambda the
        number of CPUs says nothing: pass the memory's share, as `handler.settings` does.)
    verify: compare the files' SHA-256 with the manifest (some 50 ms); sizes are always compared.
    Raises BundleError, naming the file and the cure, if the bundle is missing or damaged.
    """
    threads = _cpus() if threads is None else threads
    if threads < 1:
        raise ValueError(f"threads is {threads}; it must be at least 1.")
    facts = read_bundle(bundle)
    facts.verify(contents=verify)
    return Encoder(
        facts, load_tokenizer(facts), load_session(facts, threads=threads), threads=threads
    )


def _cpus() -> int:
    """The CPUs this process may use; systems without affinity have all of them."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""The one verb: `encode` turns texts into unit vectors, in the order given.

tokenize → run (pooling and normalisation inside) → row i of the answer. Does not split long
texts: what is past the model's limit is cut and reported, or refused.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_layer.artifacts import Bundle, read_bundle
from model_layer.errors import DeadlineExceeded, TextTooLong
from model_layer.session import Session, load_session
from model_layer.tokenizer import Tokenizer, Tokens, Truncate, load_tokenizer


@dataclass(frozen=True)
class Encoded:
    """n texts, encoded. Row i belongs to text i."""

    vectors: NDArray[np.float32]  # (n, 384), rows of unit length
    token_counts: NDArray[np.int64]  # (n,), tokens the model read, specials included
    truncated: NDArray[np.bool_]  # (n,), whether the text had more
    tokenize_seconds: float  # of the clock
    run_seconds: float


@dataclass(frozen=True)
class CanaryResult:
    """How the canary did: the text whose vector is known."""

    cosine: float  # of its vector with the reference
    least: float  # what a sound model has at least

    @property
    def passed(self) -> bool:
        return self.cosine >= self.least  # which NaN is not


class Encoder:
    """Encodes texts with the bundled model. Thread-safe."""

    def __init__(
        self, bundle: Bundle, tokenizer: Tokenizer, session: Session, *, threads: int
    ) -> None:
        self.bundle = bundle
        self.tokenizer = tokenizer
        self._session = session
        self.threads = threads

    def encode(
        self, texts: Sequence[str], *, truncate: Truncate = "END", deadline: float | None = None
    ) -> Encoded:
        """Encode `texts`; an empty sequence gives arrays of length 0.

        A text's vector is the same bytes whatever else is in the call, in whatever order.
        truncate: what to leave out of a text that has more tokens than the model reads: its
            "END" or its "START"; "NONE" refuses it.
        deadline: a time of `time.monotonic()`; the work stops there, between two texts.
        Raises TypeError for a bare string or an item that is not a string, TextTooLong for the
        first text that is refused, DeadlineExceeded with what was done until then.
        """
        _check(texts)
        started = time.perf_counter()
        # On one thread: it takes a hundredth of the run's time, and no less on several.
        tokens: list[Tokens] = []
        for text in texts:
            if _is_over(deadline):
                raise DeadlineExceeded(0, len(texts), 0, sum(len(one.ids) for one in tokens))
            tokens.append(self.tokenizer.tokenize(text, truncate))
        counts = np.array([len(one.ids) for one in tokens], np.int64)
        _check_lengths(counts, self.bundle.max_tokens)
        tokenized = time.perf_counter()
        vectors = self._run(tokens, counts, deadline)
        return Encoded(
            vectors=vectors,
            token_counts=counts,
            truncated=np.array([one.truncated for one in tokens], np.bool_),
            tokenize_seconds=tokenized - started,
            run_seconds=time.perf_counter() - tokenized,
        )

    def try_canary(self) -> CanaryResult:
        """Encode the bundle's canary, and compare it with its reference."""
        canary = self.bundle.canary
        vector = self.encode([canary.text]).vectors[0]
        return CanaryResult(float(vector @ np.array(canary.vector, np.float32)), canary.least)

    def _run(
        self, tokens: Sequence[Tokens], counts: NDArray[np.int64], deadline: float | None
    ) -> NDArray[np.float32]:
        """The vectors, (n, 384). Texts of the same tokens are run once."""
        places: dict[bytes, int] = {}  # tokens → the place of their first text
        first = [places.setdefault(one.ids.tobytes(), n) for n, one in enumerate(tokens)]
        vectors = np.empty((len(tokens), self.bundle.dimensions), np.float32)
        done: list[int] = []  # tokens of the texts that were run
        # One iterator for all workers: each takes the next text when it is free, so that a worker
        # with long texts does not keep the others waiting. (`next` is atomic.)
        todo = iter([*places.values()])

        def work(_: int = 0) -> None:
            for place in todo:
                if _is_over(deadline):
                    total = int(counts[[*places.values()]].sum())
                    raise DeadlineExceeded(len(done), len(places), sum(done), total)
                vectors[place] = self._session.run(tokens[place].ids)
                done.append(len(tokens[place].ids))

        workers = min(self.threads, len(places))
        if workers <= 1:
            work()
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(work, range(workers)))  # the list raises what a worker raised
        return vectors[first] if len(places) < len(tokens) else vectors


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() > deadline


def _check(texts: Sequence[str]) -> None:
    if isinstance(texts, str):
        raise TypeError("encode takes a sequence of strings, not one string: write [text].")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"texts[{index}] is {type(text).__name__}, not str.")


def _check_lengths(counts: NDArray[np.int64], limit: int) -> None:
    too_long = np.flatnonzero(counts > limit)
    if len(too_long):
        raise TextTooLong(int(too_long[0]), int(counts[too_long[0]]), limit)


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

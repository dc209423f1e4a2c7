"""Texts to unit vectors, in the order given.

tokenize → run (with pooling and normalisation) → row i of the answer. Does not split long texts:
a text beyond the model's limit is cut and reported, or refused.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_layer.artifacts import Bundle, read_bundle
from model_layer.errors import Cancelled, DeadlineExceeded, TextTooLong
from model_layer.places import Precision
from model_layer.runs import group
from model_layer.session import Session, load_session
from model_layer.tokenizer import Tokenizer, Tokens, Truncate, load_tokenizer

# Tokenized in a few milliseconds, which are not worth waiting for a turn.
QUICK_CHARACTERS = 16_384

# Threads beside the callers' own, of all calls together; a call beyond has only its caller's.
MOST_WORKERS = 64


@dataclass(frozen=True)
class Encoded:
    """The answer for n texts. Row i belongs to text i."""

    vectors: NDArray[np.float32]  # (n, 384), rows of unit length
    token_counts: NDArray[np.int64]  # (n,), tokens the model read, specials included
    truncated: NDArray[np.bool_]  # (n,), whether the text had more
    tokenize_seconds: float  # wall-clock time
    run_seconds: float


@dataclass(frozen=True)
class CanaryResult:
    """How close the canary's vector is to its reference."""

    cosine: float
    minimum_cosine: float  # of a sound model

    @property
    def passed(self) -> bool:
        return self.cosine >= self.minimum_cosine  # False for NaN


class Encoder:
    """Encodes texts with the bundled model. Thread-safe."""

    def __init__(
        self,
        bundle: Bundle,
        tokenizer: Tokenizer,
        session: Session,
        *,
        threads: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bundle = bundle
        self.tokenizer = tokenizer
        self._session = session
        self.turns = session.turns  # for other long work, such as tokenizing; see `Session`
        self.threads = threads
        self._clock = clock
        # Starting a thread takes longer than a short text. It starts one only if all others are
        # busy, so that no call waits for another's.
        self._pool = ThreadPoolExecutor(MOST_WORKERS, "encode")

    def encode(
        self,
        texts: Iterable[str],
        *,
        truncate: Truncate = "END",
        deadline: float | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Encoded:
        """Encode `texts`; no texts give arrays of length 0.

        A text's vector never depends on the other texts of the call, or on their order.
        texts: strings in an order: a sequence, a generator, a one-dimensional array.
        truncate: which part of a text beyond the model's limit to leave out, its "END" or its
            "START"; "NONE" refuses the text.
        deadline: a time on the clock of `time.monotonic()`; the work stops there, between runs
            or, while a long one is tokenized, within it.
        is_cancelled: asked at the same places, from any thread; once it says True, the work stops.
        Raises TypeError for a bare string, an item that is not a string or texts without an order,
        TextTooLong for the first text that is refused, DeadlineExceeded with the work done so far,
        Cancelled.
        """
        listed = _listed(texts)
        started = time.perf_counter()
        limit = _Limit(deadline, self._clock, is_cancelled)
        tokens = self._tokenize(listed, truncate, limit)
        counts = np.array([len(one.ids) for one in tokens], np.int64)
        tokenized = time.perf_counter()
        vectors = self._run(tokens, limit)
        return Encoded(
            vectors=vectors,
            token_counts=counts,
            truncated=np.array([one.truncated for one in tokens], np.bool_),
            tokenize_seconds=tokenized - started,
            run_seconds=time.perf_counter() - tokenized,
        )

    def try_canary(self) -> CanaryResult:
        """Encode the bundle's canary and compare its vector with the reference.

        It goes before the texts that wait: a busy encoder takes some 20 ms for it.
        """
        canary = self.bundle.canary
        ids = self.tokenizer.tokenize(canary.text).ids
        vector = self._session.run(ids[np.newaxis], first=True)[0]
        cosine = float(vector @ np.array(canary.vector, np.float32))
        return CanaryResult(cosine, canary.minimum_cosine)

    def _tokenize(self, texts: Sequence[str], truncate: Truncate, limit: _Limit) -> list[Tokens]:
        # On one thread: it takes a hundredth of the run's time, and several are no faster.
        tokens: list[Tokens] = []
        cut: Truncate = "START" if truncate == "START" else "END"
        is_quick = sum(map(len, texts)) < QUICK_CHARACTERS

        def check() -> None:
            if not is_quick:
                self.turns.give_way()
            if limit.is_past():
                raise DeadlineExceeded(0, len(texts), 0, sum(len(one.ids) for one in tokens))

        with nullcontext() if is_quick else self.turns:
            for index, text in enumerate(texts):
                check()
                read = self.tokenizer.tokenize(text, cut, check)
                if read.truncated and truncate == "NONE":
                    count = self.tokenizer.count(text, check)
                    raise TextTooLong(index, count, self.bundle.max_tokens)
                tokens.append(read)
        return tokens

    def _run(self, tokens: Sequence[Tokens], limit: _Limit) -> NDArray[np.float32]:
        """The vectors, (n, 384). Texts with the same tokens are run once."""
        if len(tokens) == 1 and not limit.is_past():  # the most common call needs no more
            return self._session.run(tokens[0].ids[np.newaxis])
        first_with: dict[bytes, int] = {}  # tokens → index of the first text that has them
        source = [first_with.setdefault(one.ids.tobytes(), n) for n, one in enumerate(tokens)]
        lengths = {index: len(tokens[index].ids) for index in first_with.values()}
        runs = group(lengths, threads=self.threads)
        vectors = np.empty((len(tokens), self.bundle.dimensions), np.float32)
        done: list[Sequence[int]] = []
        # All workers share one iterator, and take the next run when they are free, so that a
        # worker with long texts does not keep the others waiting. (`next` is atomic.)
        todo = iter(runs)

        def work() -> None:
            for run in todo:
                if limit.is_past():
                    texts_done = [index for each in done for index in each]
                    raise DeadlineExceeded(
                        texts_done=len(texts_done),
                        texts=len(lengths),
                        tokens_done=sum(lengths[index] for index in texts_done),
                        tokens=sum(lengths.values()),
                    )
                vectors[run] = self._session.run(np.array([tokens[index].ids for index in run]))
                done.append(run)

        self._share(work, todo, min(self.threads, len(runs)))
        return vectors[source] if len(lengths) < len(tokens) else vectors

    def _share(self, work: Callable[[], None], todo: Iterator[object], workers: int) -> None:
        """Call `work`, which takes from `todo`, on so many threads; the caller's is one of them.

        Raises a worker's exception, after all have ended.
        """
        others: list[Future[None]] = []
        try:
            others.extend(self._pool.submit(work) for _ in range(workers - 1))
            work()
        finally:  # after a Ctrl-C, too, which only this thread sees
            deque(todo, maxlen=0)  # leaves the workers nothing to do
            wait([other for other in others if not other.cancel()])
        for other in others:
            if not other.cancelled():
                other.result()


@dataclass(frozen=True)
class _Limit:
    """What ends the work early."""

    deadline: float | None  # of `clock`
    clock: Callable[[], float]
    is_cancelled: Callable[[], bool] | None

    def is_past(self) -> bool:
        """Whether the time is up. Raises Cancelled."""
        if self.is_cancelled is not None and self.is_cancelled():
            raise Cancelled("The caller no longer wants the answer.")
        return self.deadline is not None and self.clock() > self.deadline


def _listed(texts: Iterable[str]) -> list[str]:
    """The texts as a list, because a generator can be read only once. Raises TypeError."""
    kind = type(texts).__name__
    if isinstance(texts, str | bytes | bytearray | memoryview):
        raise TypeError(f"encode takes a sequence of strings, not one {kind}: write [text].")
    try:
        iterator = iter(texts)
    except TypeError:
        raise TypeError(f"encode takes a sequence of strings, not {kind}.") from None
    if isinstance(texts, Mapping | set | frozenset):
        raise TypeError(
            f"encode takes strings in an order, not a {kind}, because row i belongs to text i: "
            "write a list."
        )
    listed = list(iterator)
    for index, text in enumerate(listed):
        if not isinstance(text, str):
            raise TypeError(f"texts[{index}] is {type(text).__name__}, not str.")
    return listed


def load_encoder(
    bundle: Path | None = None,
    *,
    precision: Precision | None = None,
    threads: int | None = None,
    verify: bool = True,
) -> Encoder:
    """Load the model, ready to encode.

    bundle: its folder; by default the one that `make model` or `minilm model` builds.
    precision: which the bundle must have, "int8" or "fp32"; by default the one that there is, and
        int8 in the user's cache, which may have both.
    threads: how many texts to encode at a time; by default the CPUs that this process, or its
        container, may use. (Lambda's number of CPUs is misleading: pass the share that comes with
        the memory, as `handler.settings` does.)
    verify: compare the files' SHA-256 with the manifest (some 50 ms); sizes are always compared.
    Raises BundleError, with the file and the cure, if the bundle is missing or damaged.
    """
    if threads is None:
        from model_layer.cpus import usable_cpus  # not at Lambda's cold starts

        threads = usable_cpus()
    if threads < 1:
        raise ValueError(f"threads is {threads}; it must be at least 1.")
    manifest = read_bundle(bundle, precision=precision)
    manifest.verify(contents=verify)
    session = load_session(manifest, threads=threads)
    return Encoder(manifest, load_tokenizer(manifest), session, threads=threads)

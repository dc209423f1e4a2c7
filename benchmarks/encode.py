"""`make bench`: tokens per second, and the time of one short text, of each contestant.

Each contestant lives in a process of its own and only one works at a time; they take turns, round
by round, so that whatever else the machine does meets all of them. Prints a table of medians with
their spread; saves it, with a plot, in `benchmarks/results/`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection

import numpy as np

from benchmarks.contestants import CONTESTANTS
from benchmarks.report import Measurement, report
from benchmarks.texts import SHORT, mixed
from model_layer import load_encoder

REFERENCE = "sentence-transformers"
SHORT_CALLS = 50  # of the one short text, in a round


def work(name: str, threads: int, texts: Sequence[str], pipe: Connection) -> None:
    """A contestant's process: sends its vectors, then a round's seconds for every message."""
    encode = CONTESTANTS[name](threads)
    pipe.send(encode(texts))  # and so everything is warm, and every buffer has its size
    while pipe.recv():
        started = time.perf_counter()
        encode(texts)
        all_texts = time.perf_counter() - started
        calls = []
        for _ in range(SHORT_CALLS):
            started = time.perf_counter()
            encode([SHORT])
            calls.append(time.perf_counter() - started)
        pipe.send((all_texts, statistics.median(calls)))
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


@contextmanager
def process(name: str, threads: int, texts: Sequence[str]) -> Iterator[Connection]:
    """The pipe to a contestant's process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=work, args=(name, threads, texts, theirs), daemon=True)
    worker.start()
    theirs.close()  # so that a contestant that dies is an EOFError here
    yield ours
    worker.join()


def measure(texts: Sequence[str], tokens: int, *, threads: int, rounds: int) -> list[Measurement]:
    """All contestants on the same texts, in turn."""
    with ExitStack() as stack:
        pipes = {name: stack.enter_context(process(name, threads, texts)) for name in CONTESTANTS}
        vectors = {name: pipe.recv() for name, pipe in pipes.items()}
        cosines = {name: np.sum(vectors[name] * vectors[REFERENCE], axis=1) for name in pipes}
        measured = {name: Measurement(name, float(cosines[name].min())) for name in pipes}
        for _ in range(rounds):
            for name, pipe in pipes.items():
                pipe.send(True)
                all_texts, short = pipe.recv()
                measured[name].tokens_per_second.append(tokens / all_texts)
                measured[name].short_text_ms.append(short * 1000)
        for name, pipe in pipes.items():
            pipe.send(False)
            measured[name].peak_mb = pipe.recv()
    return list(measured.values())


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    texts = mixed(options.texts)
    tokens = int(load_encoder().encode(texts).token_counts.sum())
    setting = (
        f"{len(texts)} texts of mixed lengths, {tokens} tokens; "
        f"{options.threads} threads; medians of {options.rounds} rounds"
    )
    measured = measure(texts, tokens, threads=options.threads, rounds=options.rounds)
    report("encode", setting, measured, reference=REFERENCE)


if __name__ == "__main__":
    main()

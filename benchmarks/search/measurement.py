"""A large store in a file, written, indexed and searched, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import apsw
import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring.corpora import lee
from benchmarks.measuring.machine import load_average, machine
from handler.limits import RANKED
from handler.settings import SqliteAddress
from handler.stores import open_source_store
from handler.stores.contract import Record, Store
from handler.stores.row import Row

CHARACTERS = 900  # of a chunk: some 200 tokens
CHUNKS = 50  # of a document
CODES = 10_000
BATCH = 500  # records written together


@dataclass
class Latency:
    """Milliseconds of searches of one kind."""

    name: str
    milliseconds: list[float]


@dataclass
class SearchLatencyResult:
    """A run, as results/search.json keeps it."""

    setting: str
    machine: str
    chunks: int
    write_seconds: float  # all chunks, with vectors and words
    index_seconds: float  # the words of all chunks, in a file that had none
    file_bytes: int
    word_bytes: int  # … of these, the index of the words
    open_bytes: int  # of memory, at most, when the store is open
    search_bytes: int  # … and after the searches
    latencies: list[Latency]


def sentences() -> list[str]:
    news = [*lee("lee"), *lee("lee_background")]
    return [part for text in news for part in re.split(r"(?<=[.?!]) +", text) if len(part) > 30]


def chunks(count: int) -> Iterator[str]:
    rng, known = random.Random(1), sentences()
    for _ in range(count):
        text = f"E-{rng.randrange(CODES)}:"
        while len(text) < CHARACTERS:
            text += " " + rng.choice(known)
        yield text


def queries(count: int) -> list[str]:
    rng, known = random.Random(2), sentences()
    return [
        f"E{rng.randrange(CODES)}"
        if number % 4 == 0
        else " ".join(rng.choice(known).split()[: rng.randint(3, 12)])
        for number in range(count)
    ]


def vectors(count: int, seed: int) -> NDArray[np.float32]:
    """(count, 384), each of unit length."""
    found = np.random.default_rng(seed).standard_normal((count, 384)).astype(np.float32)
    units: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return units


def fill(path: str, count: int) -> float:
    """Write the store. Returns seconds."""
    store, texts, took = open_at(path), list(chunks(count)), 0.0
    for first in range(0, count, BATCH):
        batch = texts[first : first + BATCH]
        records = [
            Record(
                f"file-{place // CHUNKS:028d}#{place % CHUNKS}",
                vector,
                {"text": text, "heading": text[:40], "filename": "news.txt", "page": place % 9},
            )
            for place, (text, vector) in enumerate(
                zip(batch, vectors(len(batch), first), strict=True), first
            )
        ]
        started = time.perf_counter()
        store.index.upsert(records)
        took += time.perf_counter() - started
    for document in range(-(-count // CHUNKS)):
        name = f"file-{document:028d}"
        store.ledger.put(Row(name, f"file:///{name}", status="completed", current=""))
    return took


def index_again(path: str) -> float:
    """Index the words of a store as if it had none. Returns seconds."""
    connection = apsw.Connection(path)
    connection.execute("UPDATE text_language SET language = 'none'")
    connection.close()
    started = time.perf_counter()
    open_at(path)
    return time.perf_counter() - started


def open_at(path: str) -> Store:
    return open_source_store(SqliteAddress(path))


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def search(path: str, count: int) -> tuple[int, int, list[Latency]]:
    """The peaks of memory before and after the searches, and how long these took."""
    store = open_at(path)
    list(store.ledger.rows(limit=1))
    before = peak()
    latencies = [Latency("meaning", []), Latency("words", []), Latency("both", [])]
    with ThreadPoolExecutor(2) as threads:
        for query, vector in zip(queries(count), vectors(count, count), strict=True):

            def by_vector(vector: NDArray[np.float32] = vector) -> object:
                return store.index.search_vectors(vector, limit=RANKED)

            def by_words(query: str = query, vector: NDArray[np.float32] = vector) -> object:
                return store.index.search_text(query, vector, limit=RANKED)

            calls: list[Callable[[], object]] = [by_vector, by_words]
            for latency, call in zip(latencies, calls, strict=False):
                latency.milliseconds.append(timed(call))
            latencies[-1].milliseconds.append(timed(partial(at_once, threads, calls)))
    return before, peak(), latencies


def at_once(threads: ThreadPoolExecutor, calls: list[Callable[[], object]]) -> None:
    for future in [threads.submit(call) for call in calls]:
        future.result()


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(count: int, searches: int) -> SearchLatencyResult:
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "documents.sqlite"))
        with spawn.Pool(1, maxtasksperchild=1) as processes:
            written = processes.apply(fill, (path, count))
            indexed = processes.apply(index_again, (path,))
            before, after, latencies = processes.apply(search, (path, searches))
        connection = apsw.Connection(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((words,),) = connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'words%'")
        connection.close()
        return SearchLatencyResult(
            f"{searches} searches of each kind, {RANKED} chunks found; {load_average()}",
            machine("apsw", "sqlite-vec", "pystemmer"),
            count,
            written,
            indexed,
            Path(path).stat().st_size,
            int(words),
            before,
            after,
            latencies,
        )

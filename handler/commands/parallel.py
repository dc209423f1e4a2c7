"""Ingest several sources at a time, with a progress bar."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from handler.commands.terminal import shown
from handler.errors import TryLater
from handler.ingestion.change import Change
from handler.ingestion.outcome import Outcome
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.sources.files import path_of

AGAIN = "to be tried again"
T = TypeVar("T")

TICK_SECONDS = 0.2
STOP_SECONDS = 1.0  # that documents in work have to release their leases after a Ctrl-C


@dataclass
class Tally:
    """What came of the sources so far."""

    results: Counter[str] = field(default_factory=Counter)
    chunks: int = 0  # written
    remarks: list[tuple[str, str]] = field(default_factory=list)  # a file, what is said of it


def reconcile(
    sources: Sequence[str],
    pipeline: Pipeline,
    tally: Tally,
    *,
    folder: Path,
    threads: int,
    stop: Callable[[], object],
) -> None:
    """Reconcile the sources, and add what comes of them to the tally.

    folder: what names are shown relative to. threads: a small file keeps only one CPU busy. stop:
    called after a Ctrl-C; it lets the documents in work end at their next step. Those that do not
    end within STOP_SECONDS are left to themselves, and what was raised is raised.
    """

    def outcome_of(source: str) -> Outcome | TryLater:
        try:
            return pipeline.reconcile(Change(source))
        except TryLater as later:
            return later

    pool = ThreadPoolExecutor(threads)
    futures = [pool.submit(outcome_of, source) for source in sources]
    names = [_name(source, folder) for source in sources]
    try:
        _count(names, futures, tally)
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        stop()
        wait([future for future in futures if future.running()], STOP_SECONDS)
        raise
    except BaseException:  # a bug: finishes only what has begun
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def _count(
    names: Sequence[Path], futures: Sequence[Future[Outcome | TryLater]], tally: Tally
) -> None:
    """Wait for the outcomes, in order, and print what went wrong."""
    # disable=None: a bar is for a terminal only
    with tqdm(total=len(names), unit="file", dynamic_ncols=True, disable=None) as bar:
        for name, future in zip(names, futures, strict=True):
            outcome = _result_of(future)
            for line in _lines(outcome):
                tally.remarks.append((str(name), line))
                bar.write(shown(f"{name}: {line}"), file=sys.stderr)
            tally.results[_result(outcome)] += 1
            if isinstance(outcome, Outcome) and outcome.result == "ingested":
                tally.chunks += outcome.chunks
            bar.set_postfix(chunks=tally.chunks, refresh=False)
            bar.update()


def _result_of(future: Future[T]) -> T:
    """The future's result. Looks up often: a signal that another thread gets does not wake us."""
    while not future.done():
        wait([future], TICK_SECONDS)
    return future.result()


def _result(outcome: Outcome | TryLater) -> str:
    if isinstance(outcome, TryLater):
        return AGAIN
    return "failed" if outcome.error else outcome.result


def _lines(outcome: Outcome | TryLater) -> list[str]:
    """The error or the warnings of a document."""
    if isinstance(outcome, TryLater):
        return [str(outcome)]
    if outcome.error:
        return [outcome.error]
    new = outcome.result == "ingested"
    return [f"warning: {warning}" for warning in outcome.warnings] if new else []


def _name(source: str, folder: Path) -> Path:
    path = path_of(source)
    return path.relative_to(folder) if path.is_relative_to(folder) and path != folder else path

"""Sources are reconciled several at a time, and a Ctrl-C waits for none that hangs."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from handler.commands import parallel
from handler.errors import SourceChanged
from handler.ingestion.change import Change
from handler.ingestion.outcome import Outcome

FOLDER = Path("/folder")


class Scripted:
    """A pipeline that does with each source what its name says."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.begun: list[str] = []

    def reconcile(self, change: Change) -> Outcome:
        name = change.source.rpartition("/")[2]
        self.begun.append(name)
        if name.startswith("hangs"):
            self.released.wait(20)
        if name == "interrupts":
            raise KeyboardInterrupt
        if name == "changes":
            raise SourceChanged("It is changing.")
        if name.startswith("fails"):
            return Outcome("failed", name, error="It is\x1b broken.")
        return Outcome("ingested", name, chunks=2, warnings=["A picture\nwas left out."])


@pytest.fixture
def pipeline() -> Iterator[Any]:
    scripted = Scripted()
    yield scripted
    scripted.released.set()


def run(
    pipeline: Any, *names: str, threads: int = 1, stop: Callable[[], object] = lambda: None
) -> tuple[int, Counter[str]]:
    tally = parallel.Tally()
    sources = [f"file:///folder/{name}" for name in names]
    parallel.reconcile(sources, pipeline, tally, folder=FOLDER, threads=threads, stop=stop)
    return tally.chunks, tally.results


def test_results_are_counted_and_what_there_is_to_say_is_escaped(
    pipeline: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    chunks, results = run(pipeline, "a.txt", "fails%0A.txt", "changes", "b%1B.txt", threads=2)
    assert chunks == 4
    assert results == {"ingested": 2, "failed": 1, "to be tried again": 1}
    err = capsys.readouterr().err
    assert "a.txt: warning: A picture\\nwas left out.\n" in err
    assert "fails\\n.txt: It is\\x1b broken.\n" in err
    assert "changes: It is changing.\n" in err
    assert "b\\x1b.txt: warning: " in err


def test_after_an_interruption_nothing_begins_and_nothing_is_waited_for(
    pipeline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "STOP_SECONDS", 0.1)
    stopped = []
    began = time.monotonic()
    names = ["interrupts", "hangs1", "hangs2", "a", "b"]
    with pytest.raises(KeyboardInterrupt):
        run(pipeline, *names, threads=2, stop=lambda: stopped.append(True))
    assert time.monotonic() - began < 5
    assert stopped == [True]
    assert not {"a", "b"} & set(pipeline.begun)


def test_documents_that_end_at_once_are_waited_for(
    pipeline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "STOP_SECONDS", 15)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(pipeline, "interrupts", "hangs", threads=2, stop=pipeline.released.set)
    assert time.monotonic() - began < 10

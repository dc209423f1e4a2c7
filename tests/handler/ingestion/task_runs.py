"""Runs of tasks, with a reader of documents that lets something happen meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handler.documents.document import Document
from handler.ingestion.outcome import Outcome
from handler.ingestion.tasks import GivenTask, TaskRunner
from handler.stores.tasks import ReconcileFile
from tests.handler.ingestion.bucket import extract


class Reader:
    """Reads documents, and lets something happen before the next one is read."""

    def __init__(self) -> None:
        self.reads = 0
        self.meanwhile: list[Callable[[], object]] = []

    def __call__(self, content: bytes, **about: Any) -> Document:
        self.reads += 1
        if self.meanwhile:
            self.meanwhile.pop()()
        return extract(content, **about)


def reconcile(runner: TaskRunner, store_id: str, file_id: str, *, tries: int = 1) -> Outcome:
    done = runner.run(GivenTask(ReconcileFile(store_id, file_id), tries))
    assert isinstance(done, Outcome)
    return done

"""The log lines of tasks. They have ids, and no file's name or text."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from handler.errors import TryLater, WrongStore
from handler.ingestion.outcome import Outcome
from handler.ingestion.sweep.steps import Swept
from handler.logs import write_line
from handler.stores.tasks import Task, to_message

log = logging.getLogger(__name__)


def log_done(task: Task, done: Outcome | Swept, *, seconds: float | None = None) -> None:
    """Log what came of a task. A sweep that found nothing to do is not worth a line."""
    fields = {key: value for key, value in asdict(done).items() if value}
    if isinstance(done, Swept) and not fields:
        return
    fields.pop("document_id", None)
    if seconds is not None:
        fields["milliseconds"] = round(seconds * 1000, 2)
    write_line({**_about(task), **fields})


def log_failed(task: Task, error: Exception) -> None:
    """Log why a task is tried again; with a traceback if the error is a bug."""
    if isinstance(error, TryLater | WrongStore):
        write_line({**_about(task), "again": str(error)})
    else:
        log.error("the task %s could not be done", to_message(task), exc_info=error)


def _about(task: Task) -> dict[str, Any]:
    return {"route": "ingest", **to_message(task)}

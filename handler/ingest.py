"""ENTRY: `lambda_handler` for storage events and the API's tasks.

Ingests what has changed, and deletes what is gone.

The model is loaded when this module is imported; the store is opened with the first event. Knows no
HTTP, and imports no web framework.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from handler.aws.client import AwsClient
from handler.documents.sandbox import Sandbox
from handler.errors import (
    DocumentBusy,
    DocumentUnfinished,
    ServiceUnavailable,
    SourceChanged,
    StoreConflict,
    TryLater,
    UnsupportedEvent,
    WrongStore,
)
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import load_document_encoder
from handler.ingestion.outcome import Outcome
from handler.ingestion.pipeline import Pipeline, build_pipeline
from handler.ingestion.sources.s3 import S3Reader
from handler.ingestion.storage_events import Delivery, read_deliveries
from handler.ingestion.sweep.steps import Swept
from handler.ingestion.task_log import log_done
from handler.ingestion.tasks import GivenTask, Result, TaskRunner, build_task_runner
from handler.logs import write_line
from handler.request_context import deadline
from handler.settings import read_settings
from handler.stores.tasks import Task

log = logging.getLogger(__name__)

RETRY_SOON_SECONDS = 5  # this invocation has ended by then
# Before a document that another invocation is ingesting, or that keeps changing, is tried again.
# The queue's deliveries (for their number see template.yaml) must outlast the longest invocation,
# or the document's latest content would be missed.
RETRY_BUSY_SECONDS = 120

settings = read_settings(os.environ)
sandbox = Sandbox(keep_boilerplate=settings.keep_boilerplate)
atexit.register(sandbox.close)
encoder = load_document_encoder(settings, sandbox)


@cache
def open_pipeline() -> Pipeline:
    """The pipeline from S3 into the configured store. Raises as `build_pipeline` does."""
    return build_pipeline(settings, S3Reader(AwsClient("s3")), encoder)


@cache
def open_runner() -> TaskRunner:
    """What does the tasks of the configured stores. Raises as `open_pipeline` does."""
    return build_task_runner(settings, encoder)


def lambda_handler(event: Any, context: Any) -> dict[str, list[dict[str, str]]]:
    """Ingest what an event says has changed, and do the tasks in it.

    Answers with the messages of an SQS event that must be redelivered:
    `{"batchItemFailures": [{"itemIdentifier": …}]}`.
    (docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html)

    Raises UnsupportedEvent for any other event. An event that came without a queue is redelivered
    only if this raises, so for such an event it raises whatever went wrong.
    """
    started = time.perf_counter()
    until = deadline(context)
    deliveries = read_deliveries(event)
    read = [_read(delivery) for delivery in deliveries]
    work = [
        (one, delivery.tries)
        for delivery, each in zip(deliveries, read, strict=True)
        if isinstance(each, list)
        for one in each
    ]
    results = iter(_do(work, until, started))
    failures = []
    for delivery, each in zip(deliveries, read, strict=True):
        errors = [each] if isinstance(each, Exception) else _errors(islice(results, len(each)))
        if not errors:
            continue
        error = errors[0]
        if delivery.message_id is None:
            raise error
        failures.append({"itemIdentifier": delivery.message_id})
        _log_failure(delivery.message_id, error)
        if isinstance(error, DocumentUnfinished) or _is_over(until):
            _redeliver_in(RETRY_SOON_SECONDS, delivery)
        elif isinstance(error, DocumentBusy | SourceChanged | StoreConflict):
            _redeliver_in(RETRY_BUSY_SECONDS, delivery)
    return {"batchItemFailures": failures}


def _read(delivery: Delivery) -> list[Change | Task] | Exception:
    """The tasks that a delivery names, and the changes in buckets that the function may read.

    A queue's message of another bucket is logged and acknowledged: it would be refused each time.
    """
    try:
        work = delivery.read()
    except UnsupportedEvent as error:
        return error
    refused = [
        one for one in work if isinstance(one, Change) and not one.is_in(settings.source_buckets)
    ]
    for change in refused:
        reason = f"{change.source} is in no bucket that this function reads (SOURCE_BUCKETS)."
        if delivery.message_id is None:
            return UnsupportedEvent(reason)
        write_line({"route": "ingest", "message": delivery.message_id, "refused": reason})
    return [one for one in work if one not in refused]


def _do(work: list[tuple[Change | Task, int]], until: float | None, started: float) -> list[Result]:
    """What came of each change and task. Logs a line for each, and one for the invocation.

    work: with how often each was delivered.
    """
    changes = [one for one, _ in work if isinstance(one, Change)]
    tasks = [GivenTask(one, tries) for one, tries in work if not isinstance(one, Change)]
    of_changes = iter(_reconcile(changes, until) if changes else [])
    of_tasks = iter(_run(tasks, until) if tasks else [])
    results: list[Result] = [
        next(of_changes) if isinstance(one, Change) else next(of_tasks) for one, _ in work
    ]
    if results:
        _log_invocation(results, started)
    return results


def _reconcile(changes: list[Change], until: float | None) -> list[Outcome | Exception]:
    """The outcome of each change. Logs a line for each document."""
    try:
        pipeline = open_pipeline()
    except (TryLater, ValueError, WrongStore) as error:
        return [error] * len(changes)
    results = pipeline.reconcile_all(changes, deadline=until)
    for change, result in zip(changes, results, strict=True):
        if isinstance(result, Outcome):
            fields = {key: value for key, value in asdict(result).items() if value}
            fields["document"] = fields.pop("document_id")
            write_line({"route": "ingest", "source": change.source, **fields})
    return results


def _run(tasks: list[GivenTask], until: float | None) -> list[Result]:
    """What came of each task. Logs a line for each."""
    try:
        runner = open_runner()
    except (TryLater, ValueError, WrongStore) as error:
        return [error] * len(tasks)
    results = runner.run_all(tasks, deadline=until)
    for given, result in zip(tasks, results, strict=True):
        if not isinstance(result, Exception):
            log_done(given.task, result)
    return results


def _log_invocation(results: list[Result], started: float) -> None:
    done = [each for each in results if isinstance(each, Outcome) and each.result == "ingested"]
    fields = {
        "route": "ingest",
        "documents": sum(not isinstance(each, Swept) for each in results),
        "inputs": sum(each.chunks for each in done),
        "tokens": sum(each.tokens for each in done),
        "milliseconds": round((time.perf_counter() - started) * 1000, 2),
        "fingerprint": encoder.fingerprint,
    }
    write_line(fields, namespace=settings.metrics_namespace)


def _errors(results: Iterable[Result]) -> list[Exception]:
    return [each for each in results if isinstance(each, Exception)]


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until


@cache
def _sqs() -> AwsClient:
    return AwsClient("sqs")


def _redeliver_in(seconds: int, delivery: Delivery) -> None:
    """Shorten the wait of a message that only needs another invocation.

    The queue's own visibility timeout is for invocations that never end. If this call fails, the
    message waits that long.
    """
    if settings.queue_url and delivery.receipt:
        with suppress(ServiceUnavailable, ClientError):
            _sqs().call(
                "change_message_visibility",
                QueueUrl=settings.queue_url,
                ReceiptHandle=delivery.receipt,
                VisibilityTimeout=seconds,
                deadline=time.monotonic() + 0.5,
            )


def _log_failure(message_id: str, error: Exception) -> None:
    """Log why a message is redelivered; with a traceback if the error is a bug."""
    if isinstance(error, TryLater | UnsupportedEvent | WrongStore):
        write_line({"route": "ingest", "message": message_id, "again": str(error)})
    else:
        log.error("message %s could not be ingested", message_id, exc_info=error)

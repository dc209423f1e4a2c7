"""ENTRY: `lambda_handler` for storage events: what they say has changed is ingested, or deleted.

The model is loaded when this module has been imported; the store is opened with the first event.
Knows no HTTP, and imports no web framework.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from contextlib import suppress
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from handler.aws_client import AwsClient
from handler.bucket import Buckets
from handler.calls import deadline
from handler.documents.sandbox import Sandbox
from handler.errors import (
    DocumentBusy,
    OutOfTime,
    StoreUnavailable,
    TryLater,
    UnsupportedEvent,
    WrongStore,
)
from handler.logs import write_line
from handler.pipeline import Pipeline
from handler.settings import STORE_FORMS, read_settings
from handler.storage_events import Change, Delivery, read_deliveries
from handler.stores import open_store
from model_layer import load_chunker, load_encoder

log = logging.getLogger(__name__)

SOON = 5  # s, by when this invocation has ended
# s until a document that somebody else ingests is tried again: the queue's ten deliveries
# (template.yaml) must outlast the longest invocation, or its last content would never be seen.
LATER = 120

settings = read_settings(os.environ)
# The image's files were verified when it was built, and Lambda checks what it loads.
encoder = load_encoder(threads=settings.encoder_threads, verify=not settings.on_lambda)
chunker = load_chunker(
    encoder.tokenizer, max_tokens=encoder.bundle.max_tokens, overlap=settings.chunk_overlap
)
sandbox = Sandbox()
atexit.register(sandbox.close)


@cache
def open_pipeline() -> Pipeline:
    """The one pipeline, from the buckets to the store that is set.

    Raises ValueError if none is, WrongStore and StoreUnavailable as `open_store` does.
    """
    if settings.vector_store is None:
        raise ValueError(f"VECTOR_STORE is not set; it can be {STORE_FORMS}.")
    store = open_store(settings.vector_store, fingerprint=encoder.bundle.fingerprint)
    return Pipeline(Buckets(AwsClient("s3")), store, encoder, chunker, sandbox.extract)


def lambda_handler(event: Any, context: Any) -> dict[str, list[dict[str, str]]]:
    """Ingest what an event says has changed. Answers which of an SQS event's messages to deliver
    again, and nothing else: `{"batchItemFailures": [{"itemIdentifier": …}]}`.

    (docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html)
    Raises UnsupportedEvent if the event is none that it understands. An event that came without a
    queue is delivered again if this raises, and only then: so it raises what went wrong.
    """
    deliveries = read_deliveries(event)
    until = deadline(context)
    failures = []
    for delivery in deliveries:
        try:
            _ingest(delivery, until)
        except Exception as error:
            if delivery.message_id is None:
                raise
            failures.append({"itemIdentifier": delivery.message_id})
            _log_failure(delivery.message_id, error)
            if isinstance(error, OutOfTime | DocumentBusy):
                _deliver_in(SOON if isinstance(error, OutOfTime) else LATER, delivery)
    return {"batchItemFailures": failures}


def _ingest(delivery: Delivery, until: float | None) -> None:
    """Ingest what a delivery names: all of it, if it can be, though some of it failed."""
    failed: Exception | None = None
    for change in delivery.read():
        try:
            _reconcile(change, until)
        except OutOfTime:
            raise
        except Exception as error:
            failed = error
    if failed is not None:
        raise failed


def _reconcile(change: Change, until: float | None) -> None:
    started = time.perf_counter()
    outcome = open_pipeline().reconcile(change, deadline=until)
    fields: dict[str, Any] = {
        "route": "ingest",
        "source": change.source,
        "document": outcome.document,
        "result": outcome.result,
        "milliseconds": round((time.perf_counter() - started) * 1000, 2),
    }
    if outcome.result == "ingested":
        fields |= {"inputs": outcome.chunks, "tokens": outcome.tokens}
    if outcome.error:
        fields["error"] = outcome.error
    write_line(fields, namespace=settings.metrics_namespace)


@cache
def _sqs() -> AwsClient:
    return AwsClient("sqs")


def _deliver_in(seconds: int, delivery: Delivery) -> None:
    """Let a message that needs nothing but another invocation not wait for the queue's time, which
    is for invocations that do not end. If this fails, it waits.
    """
    if settings.queue_url and delivery.receipt:
        with suppress(StoreUnavailable, ClientError):
            _sqs().call(
                "change_message_visibility",
                QueueUrl=settings.queue_url,
                ReceiptHandle=delivery.receipt,
                VisibilityTimeout=seconds,
                deadline=time.monotonic() + 0.5,
            )


def _log_failure(message_id: str, error: Exception) -> None:
    """A message that is delivered again: why, and, if nobody foresaw it, where."""
    if isinstance(error, TryLater | UnsupportedEvent | WrongStore):
        write_line({"route": "ingest", "message": message_id, "again": str(error)})
    else:
        log.error("message %s could not be ingested", message_id, exc_info=error)

"""ENTRY: `lambda_handler` for HTTP and direct invocations, `app` for an ASGI server.

Importing this module loads the model and runs it once.
"""

from __future__ import annotations

from handler import cold_start  # first: it makes the other imports cheaper

# isort: split
import asyncio
import os
from collections.abc import Callable
from typing import Any

import orjson
from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from handler import event_kinds
from handler.embeddings.operations import DIMENSIONS_HEADER, EmbeddingOperations
from handler.embeddings.response import Answer
from handler.errors import ApiError
from handler.http.app import create_app
from handler.http.error_handlers import FAILED, OK, describe
from handler.http.lambda_events import normalize_event
from handler.limits import MAX_ANSWER
from handler.operations import lazy_operations
from handler.request_context import RequestContext, deadline, mark_warm, request_id
from handler.settings import Settings, read_settings
from model_layer import load_cl100k, load_encoder


def load_embeddings(settings: Settings) -> EmbeddingOperations:
    """Load the model and run it once, so that the first request finds it warm."""
    encoder = load_encoder(
        precision=settings.precision,
        threads=settings.encoder_threads,
        # The build verified the image's files, and Lambda verifies the image.
        verify=not settings.on_lambda,
    )
    encoder.encode(["warm up"])
    cl100k = load_cl100k(encoder.bundle)
    return EmbeddingOperations(
        encoder,
        cl100k,
        accept_any_model=settings.accept_any_model,
        cap_dimensions=settings.cap_dimensions,
        truncate=settings.truncate,
    )


settings = read_settings(os.environ)
embeddings = load_embeddings(settings)
operations = lazy_operations(embeddings.encoder, settings)
app = create_app(embeddings, settings, operations=operations)
# Mangum runs the app on the thread's event loop and expects one when it is constructed. Recent
# versions of Python do not make one.
_loop = asyncio.new_event_loop()
asyncio.set_event_loop(_loop)
# Answers that are text and not bytes, which a REST API would pass on as base64.
TEXT_TYPES = [*DEFAULT_TEXT_MIME_TYPES, "image/svg+xml"]
# Mangum would run the lifespan on every invocation.
_http = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
cold_start.finish()


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer an HTTP request, a direct request or a warm-up.

    The answer to a direct request is OpenAI's object, or the error object and its status:
    `{"error": {…}, "status": 400}`. Raises UnsupportedEvent for any other event.
    """
    if event_kinds.is_http(event):
        # Set again: this may be another thread, and `asyncio.run` removes the loop.
        asyncio.set_event_loop(_loop)
        return _http(normalize_event(event), context)
    if event_kinds.is_warm_up(event):
        mark_warm()
        return {"status": True}
    if event_kinds.is_direct(event):
        return _answer("direct", embeddings.create, event, context)
    if event_kinds.is_direct_search(event):
        return _answer("direct-search", _search, event, context)
    raise event_kinds.unsupported(event)


def _search(payload: dict[str, Any], context: RequestContext) -> Answer:
    return operations().vector_stores.search.search(
        payload.get("vector_store_id"), payload, context
    )


def _answer(
    transport: str,
    operation: Callable[[Any, RequestContext], Answer],
    payload: dict[str, Any],
    lambda_context: Any,
) -> dict[str, Any]:
    context = RequestContext(
        request_id(None, lambda_context),
        deadline=deadline(lambda_context),
        answer_limit=MAX_ANSWER,
        is_direct=True,
    )
    fingerprint, status = embeddings.encoder.bundle.fingerprint, FAILED
    try:
        # Parsed from the HTTP body, so that the numbers keep their shortest form.
        answer = operation(payload, context)
        body: dict[str, Any] = orjson.loads(answer.body)
        status = OK
        # HTTP has these in headers.
        facts = {"fingerprint": fingerprint, "truncated": context.truncated}
        if DIMENSIONS_HEADER in answer.headers:
            facts["dimensions"] = answer.headers[DIMENSIONS_HEADER]
        return {**body, **facts}
    except ApiError as error:
        code, body = describe(error)
        status = code.value
        return {**body, "status": status}
    finally:
        context.log(
            transport, status, fingerprint=fingerprint, namespace=settings.metrics_namespace
        )

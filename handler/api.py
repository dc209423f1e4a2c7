"""ENTRY: `lambda_handler` for HTTP and direct invocations, `app` for an ASGI server.

The model is loaded and has run once when this module has been imported.
"""

from __future__ import annotations

from handler import startup  # before the others, whose cost it cuts

# isort: split
import asyncio
import logging
import os
from typing import Any

import orjson
from fastapi.middleware.cors import CORSMiddleware
from mangum import Mangum
from starlette.types import ASGIApp

from handler import events
from handler.calls import Call, deadline, mark_warm, request_id
from handler.configured_store import ConfiguredStore
from handler.embeddings import Embeddings
from handler.error_handlers import FAILED, OK, add_error_handlers, describe
from handler.errors import ApiError
from handler.keys import Keys
from handler.limits import MAX_ANSWER
from handler.openapi import DocumentedApp
from handler.request_log import RequestLog
from handler.routes import embeddings as embeddings_routes
from handler.routes import health, models, tokenize, vector_stores
from handler.settings import Settings, read_settings
from handler.store_files import StoreFiles
from handler.vector_search import VectorSearch
from model_layer import load_cl100k, load_encoder

log = logging.getLogger(__name__)

EXPOSED = (
    "openai-processing-ms",
    "retry-after",
    "x-embedding-fingerprint",
    "x-embedding-truncated",
    "x-request-id",
    "x-should-retry",
)


def create_embeddings(settings: Settings) -> Embeddings:
    """Load the model and run it once, so that the first request finds everything warm."""
    encoder = load_encoder(
        threads=settings.encoder_threads,
        # The image's files were verified when it was built, and Lambda checks what it loads.
        verify=not settings.on_lambda,
    )
    encoder.encode(["warm up"])
    cl100k = load_cl100k(encoder.bundle)
    return Embeddings(
        encoder, cl100k, accept_any_model=settings.accept_any_model, truncate=settings.truncate
    )


def create_app(embeddings: Embeddings, settings: Settings) -> RequestLog:
    """The ASGI application, and around it what makes each request a logged call."""
    app = DocumentedApp(
        title="minilm-lambda",
        description="all-MiniLM-L6-v2 embeddings in OpenAI's format.",
        redirect_slashes=False,  # a redirect would lose the API's stage or domain
    )
    app.state.embeddings = embeddings
    app.state.keys = Keys(settings.key_hashes)
    encoder = embeddings.encoder
    store = ConfiguredStore(settings.vector_store, fingerprint=encoder.bundle.fingerprint)
    app.state.vector_search = VectorSearch(encoder, store, truncate=settings.truncate)
    app.state.store_files = StoreFiles(
        store, max_tokens=encoder.bundle.max_tokens, overlap=settings.chunk_overlap
    )
    # Not by `include_router`, which makes every route anew, with its models: at the first request.
    for resource in (embeddings_routes, tokenize, models, vector_stores, health):
        app.router.routes += resource.router.routes
    add_error_handlers(app)
    around: ASGIApp = app
    if settings.cors_origins:
        # Around the handler of failures, too: a page is to see a 500 for what it is.
        around = CORSMiddleware(
            app,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=EXPOSED,
        )
    return RequestLog(
        around,
        fingerprint=embeddings.encoder.bundle.fingerprint,
        namespace=settings.metrics_namespace,
    )


settings = read_settings(os.environ)
embeddings = create_embeddings(settings)
app = create_app(embeddings, settings)
# Mangum runs the app on the thread's event loop, and looks for one already when it is made. Python
# has stopped making one by itself.
_loop = asyncio.new_event_loop()
asyncio.set_event_loop(_loop)
# Lifespan off: Mangum would run it on every invocation.
_http = Mangum(app, lifespan="off", api_gateway_base_path=settings.base_path)
startup.finish()


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer an HTTP request, a direct request or a warm-up.

    A direct request is answered with OpenAI's object, or with the error object and its status:
    `{"error": {…}, "status": 400}`. Raises UnsupportedEvent for anything else.
    """
    if events.is_http(event):
        # Again: this may be another thread, and `asyncio.run` leaves none behind.
        asyncio.set_event_loop(_loop)
        try:
            return _http(event, context)
        except Exception as error:  # the app answers its own: this is Mangum on a malformed event
            log.exception("the event could not be read as an HTTP request")
            raise events.unsupported(event) from error
    if events.is_warm_up(event):
        mark_warm()
        return {"status": True}
    if events.is_direct(event):
        return _answer(event, context)
    raise events.unsupported(event)


def _answer(payload: dict[str, Any], context: Any) -> dict[str, Any]:
    call = Call(
        request_id(None, context),
        deadline=deadline(context),
        answer_limit=MAX_ANSWER,
        is_direct=True,
    )
    fingerprint, status = embeddings.encoder.bundle.fingerprint, FAILED
    try:
        # Parsed again, so that the numbers are those of the HTTP body, in their shortest form.
        answer: dict[str, Any] = orjson.loads(embeddings.create(payload, call).body)
        status = OK
        # What HTTP has in headers.
        return {**answer, "fingerprint": fingerprint, "truncated": call.truncated}
    except ApiError as error:
        code, body = describe(error)
        status = code.value
        return {**body, "status": status}
    finally:
        call.log("direct", status, fingerprint=fingerprint, namespace=settings.metrics_namespace)

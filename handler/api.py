"""ENTRY: `lambda_handler` for HTTP and direct invocations, `app` for an ASGI server.

The model is loaded and has run once when this module has been imported.
"""

from __future__ import annotations

from handler import startup  # before the others, whose cost it cuts

# isort: split
import asyncio
import functools
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
from fastapi.middleware.cors import CORSMiddleware
from mangum import Mangum
from starlette.types import ASGIApp

from handler import events
from handler.calls import Call, deadline, mark_warm, request_id
from handler.embeddings import Embeddings
from handler.error_handlers import FAILED, OK, add_error_handlers, describe
from handler.errors import ApiError
from handler.keys import Keys
from handler.limits import MAX_ANSWER
from handler.openapi import DocumentedApp
from handler.request_log import RequestLog
from handler.responses import Answer
from handler.routes import embeddings as embeddings_routes
from handler.routes import health, models, tokenize
from handler.routes import vector_stores as vector_store_routes
from handler.settings import Settings, read_settings
from model_layer import load_cl100k, load_encoder

if TYPE_CHECKING:
    from handler.search.vector_stores import VectorStores

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


def create_vector_stores(embeddings: Embeddings, settings: Settings) -> Callable[[], VectorStores]:
    """What makes the VectorStores when it is first called, and gives the same one from then on."""

    @functools.cache
    def create() -> VectorStores:
        from handler.search.vector_stores import VectorStores

        return VectorStores(embeddings.encoder, settings)

    return create


def create_app(embeddings: Embeddings, settings: Settings) -> RequestLog:
    """The ASGI application, and around it what makes each request a logged call."""
    app = DocumentedApp(
        title="minilm-lambda",
        description="all-MiniLM-L6-v2 embeddings in OpenAI's format.",
        redirect_slashes=False,  # a redirect would lose the API's stage or domain
    )
    app.state.embeddings = embeddings
    app.state.keys = Keys(settings.key_hashes)
    app.state.vector_stores = create_vector_stores(embeddings, settings)
    # Not by `include_router`, which makes every route anew, with its models: at the first request.
    for resource in (embeddings_routes, tokenize, models, vector_store_routes, health):
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
vector_stores = create_vector_stores(embeddings, settings)
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
        return _answer("direct", embeddings.create, event, context)
    if events.is_direct_search(event):
        return _answer("direct-search", _search, event, context)
    raise events.unsupported(event)


def _search(payload: dict[str, Any], call: Call) -> Answer:
    return vector_stores().search.search(payload.get("vector_store_id"), payload, call)


def _answer(
    road: str, operation: Callable[[Any, Call], Answer], payload: dict[str, Any], context: Any
) -> dict[str, Any]:
    call = Call(
        request_id(None, context),
        deadline=deadline(context),
        answer_limit=MAX_ANSWER,
        is_direct=True,
    )
    fingerprint, status = embeddings.encoder.bundle.fingerprint, FAILED
    try:
        # Parsed again, so that the numbers are those of the HTTP body, in their shortest form.
        answer: dict[str, Any] = orjson.loads(operation(payload, call).body)
        status = OK
        # What HTTP has in headers.
        return {**answer, "fingerprint": fingerprint, "truncated": call.truncated}
    except ApiError as error:
        code, body = describe(error)
        status = code.value
        return {**body, "status": status}
    finally:
        call.log(road, status, fingerprint=fingerprint, namespace=settings.metrics_namespace)

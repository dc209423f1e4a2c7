"""The ASGI application: the routes, with CORS and the access log around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from starlette.datastructures import State
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from handler.embeddings.operations import EmbeddingOperations
from handler.http.access_log import AccessLog, Observe
from handler.http.admission import Admission
from handler.http.auth import ApiKeys
from handler.http.concurrency import ThreadPools
from handler.http.cors import Cors
from handler.http.error_handlers import add_error_handlers
from handler.http.methods import HeadAndOptions
from handler.http.openapi import DocumentedApp
from handler.http.paths import CanonicalPaths
from handler.http.readiness import Readiness
from handler.http.route_names import route_name
from handler.http.routes import docs, health, models, root, tokenize
from handler.http.routes import embeddings as embeddings_routes
from handler.operations import Operations, lazy_operations
from handler.settings import Settings
from handler.version import VERSION

RESOURCES = (embeddings_routes, tokenize, models, health, root, docs)


def create_app(
    embeddings: EmbeddingOperations,
    settings: Settings,
    *,
    operations: Callable[[], Operations] | None = None,
    guard: Callable[[ASGIApp], ASGIApp] | None = None,
    admission: Admission | None = None,
    routes: Iterable[BaseRoute] = (),
    observe: Observe | None = None,
) -> AccessLog:
    """The application, inside its access log.

    operations: called by the requests that need them. By default, makes those of `settings`.
    guard: middleware between the access log and everything else.
    admission: counts what waits; by default, makes one.
    routes: more of them, which only this application has.
    observe: called at the end of each request.
    """
    app = _routed(settings)
    app.router.routes += routes
    _set_state(app.state, embeddings, settings)
    app.state.admission = admission or admission_for(embeddings, settings)
    app.state.operations = operations or lazy_operations(embeddings.encoder, settings)
    # Around the error handlers, so that pages of other sites can read a 500, too.
    asgi: ASGIApp = Cors(app, settings.cors_origins)
    if guard:
        asgi = guard(asgi)
    return AccessLog(
        asgi,
        route_name=partial(route_name, app=app, base=settings.base_path),
        fingerprint=embeddings.encoder.bundle.fingerprint,
        namespace=settings.metrics_namespace,
        observe=observe,
    )


def admission_for(embeddings: EmbeddingOperations, settings: Settings) -> Admission:
    """What counts the texts and bytes that wait for this model."""
    return Admission(max_texts=settings.max_waiting_texts, cpus=embeddings.encoder.threads)


def _routed(settings: Settings) -> DocumentedApp:
    """The routes, found by every path that clients write."""
    app = DocumentedApp(
        more_routes=lambda: _more_routes(settings),
        title="minilm-lambda",
        description="all-MiniLM-L6-v2 embeddings in OpenAI's format.",
        version=VERSION,
        redirect_slashes=False,  # a redirect would lose the stage or domain of the API
        docs_url=None,  # see `routes.docs`
        redoc_url=None,
    )
    # `include_router` would build every route a second time, with its models.
    for resource in RESOURCES:
        app.router.routes += resource.router.routes
    add_error_handlers(app)
    app.add_middleware(HeadAndOptions, routes=lambda: app.routes)
    app.add_middleware(CanonicalPaths, base=settings.base_path)  # around the other
    return app


def _more_routes(settings: Settings) -> Iterator[BaseRoute]:
    """The routes of files, stores, assistants and the page, which few cold starts are for."""
    from handler.http.routes import (
        file_batches,
        files,
        mcp,
        page,
        uploads,
        vector_store_files,
        vector_stores,
    )

    resources = [files, uploads, vector_stores, vector_store_files, file_batches]
    if settings.mcp:
        resources.append(mcp)
    if settings.page:
        resources.append(page)
    for resource in resources:
        yield from resource.router.routes


def _set_state(state: State, embeddings: EmbeddingOperations, settings: Settings) -> None:
    """What requests share."""
    state.embeddings = embeddings
    state.keys = ApiKeys(settings.key_hashes)
    state.pools = ThreadPools(embeddings.encoder.threads)
    state.readiness = Readiness(embeddings.encoder)
    state.has_page = settings.page

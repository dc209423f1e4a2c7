"""What routes depend on, as named types.

All are `async`, though none waits: FastAPI sends other functions to a thread, which for such short
ones takes longer than all else that a request needs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ParamSpec, TypeVar

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from handler.embeddings.operations import EmbeddingOperations
from handler.http.auth import ApiKeys
from handler.request_context import RequestContext

P = ParamSpec("P")
T = TypeVar("T")


async def get_embeddings(request: Request) -> EmbeddingOperations:
    """The application's embedding operations."""
    embeddings: EmbeddingOperations = request.app.state.embeddings
    return embeddings


async def get_context(request: Request) -> RequestContext:
    """This request's context, which `access_log` made."""
    context: RequestContext = request.state.context
    return context


ContextDep = Annotated[RequestContext, Depends(get_context)]


async def require_key(request: Request, context: ContextDep) -> None:
    """Let the request pass if it has one of the keys, or if none is needed."""
    keys: ApiKeys = request.app.state.keys
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    key = bearer.strip() if scheme.lower() == "bearer" else ""
    key = key or request.headers.get("api-key", "")
    context.key = keys.check(key)


# The second is there for /docs, which shows it and can try it; the first reads the headers.
KEY = (
    Depends(require_key),
    Security(HTTPBearer(auto_error=False, description="A key, if the server asks for one.")),
)
EmbeddingsDep = Annotated[EmbeddingOperations, Depends(get_embeddings)]


async def work(
    context: RequestContext, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """What `function`, which takes its time, returns: on a thread, if /health must be answered
    meanwhile; here, if the request is alone, since a thread costs more than reading the request.
    """
    if context.is_alone:
        return function(*args, **kwargs)
    return await run_in_threadpool(function, *args, **kwargs)

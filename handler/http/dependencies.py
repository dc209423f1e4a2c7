"""Dependencies of the routes, as named types.

All are `async`, though none of them waits: FastAPI runs other functions on a thread, and the switch
takes longer than the rest of a short request.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from handler.embeddings.operations import EmbeddingOperations
from handler.http.auth import ApiKeys
from handler.request_context import RequestContext


async def get_embeddings(request: Request) -> EmbeddingOperations:
    """The application's embedding operations."""
    embeddings: EmbeddingOperations = request.app.state.embeddings
    return embeddings


async def get_context(request: Request) -> RequestContext:
    """The request's context, made by `access_log`."""
    context: RequestContext = request.state.context
    return context


ContextDep = Annotated[RequestContext, Depends(get_context)]


def check_key(request: Request) -> None:
    """Check the request's API key. Raises Unauthorized if one is needed and it is not accepted."""
    keys: ApiKeys = request.app.state.keys
    context: RequestContext = request.state.context
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    key = bearer.strip() if scheme.lower() == "bearer" else ""
    key = key or request.headers.get("api-key", "")
    context.key = keys.check(key)


async def require_key(request: Request) -> None:
    """`check_key`, as a dependency."""
    check_key(request)


# The first checks the headers. The second makes /docs show, and try, the authentication.
REQUIRE_KEY = (
    Depends(require_key),
    Security(HTTPBearer(auto_error=False, description="An API key, if the server needs one.")),
)
EmbeddingsDep = Annotated[EmbeddingOperations, Depends(get_embeddings)]

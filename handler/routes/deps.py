"""What routes depend on, as named types."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from handler.calls import Call
from handler.embeddings import Embeddings
from handler.keys import Keys


def get_embeddings(request: Request) -> Embeddings:
    """The application's one Embeddings."""
    embeddings: Embeddings = request.app.state.embeddings
    return embeddings


def get_call(request: Request) -> Call:
    """This request's Call, which `request_log` made."""
    call: Call = request.state.call
    return call


def require_key(request: Request) -> None:
    """Let the request pass if it has one of the keys, or if none is needed."""
    keys: Keys = request.app.state.keys
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    key = bearer.strip() if scheme.lower() == "bearer" else ""
    key = key or request.headers.get("api-key", "")
    get_call(request).key = keys.check(key)


# The second is there for /docs, which shows it and can try it; the first reads the headers.
KEY = (
    Depends(require_key),
    Security(HTTPBearer(auto_error=False, description="A key, if the server asks for one.")),
)

CallDep = Annotated[Call, Depends(get_call)]
EmbeddingsDep = Annotated[Embeddings, Depends(get_embeddings)]

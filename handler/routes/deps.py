"""What routes depend on, as named types."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from handler.embeddings import Embeddings
from handler.keys import Keys


def get_embeddings(request: Request) -> Embeddings:
    """The application's one Embeddings."""
    embeddings: Embeddings = request.app.state.embeddings
    return embeddings


def require_key(request: Request) -> None:
    """Let the request pass if it has one of the keys, or if none is needed."""
    keys: Keys = request.app.state.keys
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    key = bearer.strip() if scheme.lower() == "bearer" else request.headers.get("api-key")
    keys.check(key)


EmbeddingsDep = Annotated[Embeddings, Depends(get_embeddings)]

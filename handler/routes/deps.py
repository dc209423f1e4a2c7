"""What routes depend on, as named types."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from handler.embeddings import Embeddings


def get_embeddings(request: Request) -> Embeddings:
    """The application's one Embeddings."""
    embeddings: Embeddings = request.app.state.embeddings
    return embeddings


EmbeddingsDep = Annotated[Embeddings, Depends(get_embeddings)]

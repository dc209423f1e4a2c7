"""Paths of the routes."""

from __future__ import annotations

EMBEDDINGS_PATHS = [
    "/v1/embeddings",
    "/embeddings",
    "/v1/engines/text-embedding-ada-002/embeddings",
    "/openai/deployments/text-embedding-ada-002/embeddings?api-version=2024-10-21",
]

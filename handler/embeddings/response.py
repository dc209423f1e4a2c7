"""Render vectors as the body of an embeddings response, in bytes, and its headers.

orjson writes float32 rows in their shortest exact form. `schemas.EmbeddingList` documents the body
and does not make it: see docs/decisions/005-a-response-is-bytes.md.
"""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from model_layer import Encoded


@dataclass(frozen=True)
class Answer:
    """A finished response."""

    body: bytes  # JSON
    headers: dict[str, str]


def render(
    encoded: Encoded,
    *,
    model: str,
    fingerprint: str,
    encoding_format: str | None = None,
    dimensions: int | None = None,
    gzipped: bool = False,
) -> Answer:
    """OpenAI's list of embeddings, in the order of the inputs."""
    vectors = reduce_dimensions(encoded.vectors, dimensions)
    rows = [_base64(row) for row in vectors] if encoding_format == "base64" else vectors
    tokens = int(encoded.token_counts.sum())
    body = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": row}
            for index, row in enumerate(rows)
        ],
        "model": model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
    headers = embedding_headers(encoded, fingerprint)
    content = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    if gzipped:
        # Level 1 takes a sixth of level 6's time, and its result is a twentieth larger.
        content = gzip.compress(content, compresslevel=1, mtime=0)
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
    return Answer(content, headers)


def embedding_headers(encoded: Encoded, fingerprint: str) -> dict[str, str]:
    """The headers that describe an answer's vectors."""
    headers = {"x-embedding-fingerprint": fingerprint}
    if cut := int(encoded.truncated.sum()):
        headers["x-embedding-truncated"] = f"{cut}/{len(encoded.truncated)}"
    return headers


def reduce_dimensions(vectors: NDArray[np.float32], dimensions: int | None) -> NDArray[np.float32]:
    """The first `dimensions` columns, scaled to unit length again; all columns if None.

    (n, 384) → (n, dimensions). The model was not trained for it, so short vectors have no promised
    quality.
    """
    if dimensions is None or dimensions == vectors.shape[1]:
        return vectors
    cut = vectors[:, :dimensions]
    lengths = np.linalg.norm(cut.astype(np.float64), axis=1, keepdims=True)
    unit: NDArray[np.float32] = (cut / lengths).astype(np.float32)
    return unit


def _base64(vector: NDArray[np.float32]) -> str:
    """Little-endian float32 bytes in base64, which OpenAI clients decode by default."""
    return base64.b64encode(vector.astype("<f4", copy=False).tobytes()).decode()

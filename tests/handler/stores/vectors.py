"""Vectors and records with known cosines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handler.stores.attributes import Attribute
from handler.stores.contract import Record, Store
from handler.stores.row import Row

DIMENSIONS = 384


def random_vectors(count: int, seed: int = 0) -> NDArray[np.float32]:
    """(count, 384), each of unit length."""
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSIONS))
    units: NDArray[np.float64] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units.astype(np.float32)


def vector_at(score: float) -> NDArray[np.float32]:
    """(384,), of unit length, whose cosine with NORTH is `score`."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[0], vector[1] = score, np.sqrt(1 - score * score)
    return vector


NORTH = vector_at(1.0)


def record(key: str, score: float = 1.0, **metadata: Attribute) -> Record:
    """A record that a query for NORTH finds with `score`."""
    return Record(key, vector_at(score), metadata)


def show(store: Store, *documents: str, generation: str = "") -> None:
    """Let queries find the documents' records of this generation."""
    for document in documents:
        known = store.ledger.get(document) or Row(document, f"s3://bucket/{document}")
        store.ledger.put(
            replace(known, status="completed", generation=generation, current=generation)
        )

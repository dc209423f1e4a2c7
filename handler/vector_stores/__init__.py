"""OpenAI's vector stores: search the ingested documents, and list the files in a store.

Importing this package loads none of its modules. `lazy_vector_stores` loads them when they are
first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from handler.settings import Settings
from model_layer import Encoder

if TYPE_CHECKING:
    from handler.vector_stores.operations import VectorStoreOperations


def lazy_vector_stores(encoder: Encoder, settings: Settings) -> Callable[[], VectorStoreOperations]:
    """A function that makes the operations at its first call, and always returns the same ones.

    Few requests need them, and their import would slow every cold start down.
    """

    @cache
    def vector_stores() -> VectorStoreOperations:
        from handler.vector_stores.operations import VectorStoreOperations

        return VectorStoreOperations(encoder, settings)

    return vector_stores

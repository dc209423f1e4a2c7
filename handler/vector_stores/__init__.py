"""OpenAI's vector stores: searches over what was ingested, and the files in a store.

Importing this package loads nothing of it: `lazy_vector_stores` does, when it is first called.
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
    """A function that makes the operations at its first call, and returns the same from then on.

    Few requests need them, and a cold start would pay for their import.
    """

    @cache
    def vector_stores() -> VectorStoreOperations:
        from handler.vector_stores.operations import VectorStoreOperations

        return VectorStoreOperations(encoder, settings)

    return vector_stores

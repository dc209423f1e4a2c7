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
    from handler.vector_stores.operations import VectorStores


def lazy_vector_stores(encoder: Encoder, settings: Settings) -> Callable[[], VectorStores]:
    """A function that makes the VectorStores at its first call, and returns the same from then on.

    Few requests need them, and a cold start would pay for their import.
    """

    @cache
    def vector_stores() -> VectorStores:
        from handler.vector_stores.operations import VectorStores

        return VectorStores(encoder, settings)

    return vector_stores

"""The operations of the vector store routes, on the one store that VECTOR_STORE names.

The first request for a vector store imports this module, and with it all that only search needs: no
cold start pays for it.
"""

from __future__ import annotations

from handler.settings import Settings
from handler.vector_stores.configured_store import ConfiguredStore
from handler.vector_stores.files import StoreFiles
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder


class VectorStoreOperations:
    """The operations on the one store: `search`, and `files` that describes it."""

    def __init__(self, encoder: Encoder, settings: Settings) -> None:
        bundle = encoder.bundle
        store = ConfiguredStore(settings.vector_store, fingerprint=bundle.fingerprint)
        self.search = VectorSearch(
            encoder, store, truncate=settings.truncate, mode=settings.search_mode
        )
        self.files = StoreFiles(store, max_tokens=bundle.max_tokens, overlap=settings.chunk_overlap)

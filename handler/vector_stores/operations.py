"""The operations behind the vector store routes, on the one store that VECTOR_STORE names.

Imported by the first call that is for them, since few are, and a cold start would pay for it: here
begins what only search needs.
"""

from __future__ import annotations

from handler.settings import Settings
from handler.vector_stores.configured_store import ConfiguredStore
from handler.vector_stores.files import StoreFiles
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder


class VectorStoreOperations:
    """Search, and what there is to search in."""

    def __init__(self, encoder: Encoder, settings: Settings) -> None:
        bundle = encoder.bundle
        store = ConfiguredStore(settings.vector_store, fingerprint=bundle.fingerprint)
        self.search = VectorSearch(encoder, store, truncate=settings.truncate)
        self.files = StoreFiles(store, max_tokens=bundle.max_tokens, overlap=settings.chunk_overlap)

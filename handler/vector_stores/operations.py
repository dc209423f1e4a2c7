"""The operations of the vector store routes, on the one store that VECTOR_STORE names.

The first request for a vector store imports this module, and with it all that only search needs: no
cold start pays for it.
"""

from __future__ import annotations

from handler.objects.configured_storage import ConfiguredStorage
from handler.settings import Settings
from handler.vector_stores.files import StoreFiles
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder


class VectorStoreOperations:
    """The operations on the one store: `search`, and `files` that describes it."""

    def __init__(self, encoder: Encoder, storage: ConfiguredStorage, settings: Settings) -> None:
        bundle = encoder.bundle
        self.search = VectorSearch(
            encoder, storage, truncate=settings.truncate, mode=settings.search_mode
        )
        self.files = StoreFiles(
            storage, max_tokens=bundle.max_tokens, overlap=settings.chunk_overlap
        )

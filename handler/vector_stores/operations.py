"""The operations of the vector store routes. Knows no HTTP.

The first request for a vector store imports this module, and with it all that only search needs: no
cold start pays for it.
"""

from __future__ import annotations

from handler.objects.configured_storage import ConfiguredStorage
from handler.settings import Settings
from handler.vector_stores.answers import FileDescriber
from handler.vector_stores.file_batches import FileBatches
from handler.vector_stores.files import StoreFiles
from handler.vector_stores.made_stores import MadeStores
from handler.vector_stores.search import VectorSearch
from handler.vector_stores.stores import VectorStores
from model_layer import Encoder


class VectorStoreOperations:
    """The operations on vector stores: `stores`, `files`, `file_batches` and `search`."""

    def __init__(self, encoder: Encoder, storage: ConfiguredStorage, settings: Settings) -> None:
        made, tokens = MadeStores(storage), encoder.bundle.max_tokens
        describe = FileDescriber(max_tokens=tokens, overlap=settings.chunk_overlap)
        self._storage = storage
        self.search = VectorSearch(
            encoder, storage, truncate=settings.truncate, mode=settings.search_mode
        )
        self.stores = VectorStores(storage, made, max_tokens=tokens)
        self.files = StoreFiles(storage, made, describe, max_tokens=tokens)
        self.file_batches = FileBatches(storage, made, describe, max_tokens=tokens)

    @property
    def poll_after_ms(self) -> int:
        """When a client should look again at what is in progress."""
        return self._storage.open().tasks.poll_after_ms

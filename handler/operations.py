"""The operations on what VECTOR_STORE names: OpenAI's files and vector stores.

Few requests need them, and their import would slow every cold start down: it is done when they are
first asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from handler.settings import Settings
from handler.version import VERSION
from model_layer import Encoder

if TYPE_CHECKING:
    from handler.files.operations import FileOperations
    from handler.mcp.server import McpServer
    from handler.objects.configured_storage import ConfiguredStorage
    from handler.vector_stores.operations import VectorStoreOperations


@dataclass(frozen=True)
class Operations:
    """All operations, on one storage."""

    storage: ConfiguredStorage
    files: FileOperations
    vector_stores: VectorStoreOperations
    mcp: McpServer


def lazy_operations(encoder: Encoder, settings: Settings) -> Callable[[], Operations]:
    """A function that makes the operations at its first call, and always returns the same ones."""

    lock = threading.Lock()  # a cache alone lets two threads make two

    @cache
    def make() -> Operations:
        from handler.files.operations import FileOperations
        from handler.mcp.server import McpServer
        from handler.mcp.tools import Tools
        from handler.objects.configured_storage import ConfiguredStorage
        from handler.vector_stores.operations import VectorStoreOperations

        storage = ConfiguredStorage(settings.vector_store, fingerprint=encoder.bundle.fingerprint)
        vector_stores = VectorStoreOperations(encoder, storage, settings)
        mcp = McpServer(Tools(storage, vector_stores.search), version=VERSION)
        return Operations(storage, FileOperations(storage), vector_stores, mcp)

    def operations() -> Operations:
        with lock:
            return make()

    return operations

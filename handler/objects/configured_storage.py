"""The storage that VECTOR_STORE names, opened at its first use. Does not read or write it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from handler.errors import NotFound, NotReady, StoreLocked, TryLater, UnusableStore
from handler.objects.ids import is_id
from handler.settings import SqliteAddress, StoreAddress
from handler.stores import bind_source_store, open_storage, wrong_model
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Storage, Store

log = logging.getLogger(__name__)

NOT_CONFIGURED = (
    "No vector store is configured. Set VECTOR_STORE, for example to sqlite:///documents.sqlite for"
    " a local file: `make ingest DIR=folder` fills it, and `make serve` then answers searches."
    " On AWS, deploy with Ingestion=true."
)


class ConfiguredStorage:
    """The storage at an address, for vectors of the model `fingerprint`. Thread-safe."""

    def __init__(self, address: StoreAddress | None, *, fingerprint: str) -> None:
        self._address = address
        self.fingerprint = fingerprint
        self._storage: Storage | None = None
        self._source: Store | None = None  # bound to the model
        self._file: tuple[int, int] | None = None  # device and inode of the open file
        self._lock = threading.RLock()

    def open(self) -> Storage:
        """The storage, which is made if it does not exist.

        Raises NotFound if none is configured, UnusableStore if it is damaged, and NotReady if it
        does not answer; the next call tries again.
        """
        if self._address is None:
            raise NotFound(NOT_CONFIGURED, code="vector_store_not_found")
        file = _file(self._address)
        with self._lock, reached():
            if self._storage is None or file is None or file != self._file:
                self._storage, self._source = open_storage(self._address), None
                self._file = _file(self._address)
            return self._storage

    def store(self, vector_store_id: str | None = None) -> Store:
        """The vector store with this id; None stands for that of the bucket or folder.

        Raises NotFound if there is no such store, WrongStore if it holds another model's vectors,
        and what `open` raises.
        """
        storage = self.open()
        if vector_store_id in (None, storage.source_store_id):
            return self._source_store(storage)
        item = self.item(storage, str(vector_store_id))
        if item.fingerprint != self.fingerprint:
            raise wrong_model(item.id, item.fingerprint, self.fingerprint)
        return storage.store(item.id)

    def item(self, storage: Storage, vector_store_id: str) -> VectorStoreItem:
        """What the catalog says of a vector store. Raises NotFound if there is none."""
        with reached():
            found = None
            if is_id(vector_store_id):
                found = storage.catalog.get(VectorStoreItem, vector_store_id)
        if found is None or found.deleted:
            raise NotFound(
                f"The vector store '{vector_store_id[:100]}' does not exist here.",
                param="vector_store_id",
                code="vector_store_not_found",
            )
        return found

    def _source_store(self, storage: Storage) -> Store:
        with self._lock, reached():
            if self._source is None:
                self._source = bind_source_store(storage, fingerprint=self.fingerprint)
            return self._source


def _file(address: StoreAddress) -> tuple[int, int] | None:
    """Device and inode of the file at the address: a file that replaces another has its own.

    None if there is no file.
    """
    if not isinstance(address, SqliteAddress):
        return (0, 0)
    try:
        status = Path(address.path).stat()
    except OSError:
        return None  # opening it makes it, or says what is wrong
    return status.st_dev, status.st_ino


@contextmanager
def reached() -> Iterator[None]:
    """Turn a store's failure to answer inside the block into NotReady. The log has the reason.

    A caller is told the file's name, and not its folder.
    """
    try:
        yield
    except UnusableStore as error:
        log.exception("the vector store cannot be used")
        name = PurePath(error.place).name
        raise UnusableStore(error.message.replace(error.place, name), place=name) from error
    except StoreLocked as error:
        log.warning("the vector store is locked", exc_info=True)
        raise NotReady(
            "Another process is writing the vector store. Try again.",
            code="vector_store_unavailable",
        ) from error
    except TryLater as error:
        log.warning("the vector store does not answer", exc_info=True)
        raise NotReady(
            "The vector store does not answer at the moment. Try again.",
            code="vector_store_unavailable",
        ) from error

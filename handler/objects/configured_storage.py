"""The storage that VECTOR_STORE names, opened at its first use, and the stores in it.

A local file is made by what writes; what only reads says how to get something into it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from handler.errors import (
    NotFound,
    NotReady,
    StoreConflict,
    StoreGone,
    StoreLocked,
    TryLater,
    UnusableStore,
)
from handler.limits import MAX_ATTRIBUTE_BYTES
from handler.settings import S3VectorsAddress, SqliteAddress, StoreAddress
from handler.stores import bind_source_store, open_storage, store_id, wrong_model
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Storage, Store
from handler.stores.ids import is_id

log = logging.getLogger(__name__)

NOT_CONFIGURED = (
    "No vector store is configured. Set VECTOR_STORE, for example to sqlite:///documents.sqlite for"
    " a local file: `minilm ingest FOLDER` (in a checkout, `make ingest DIR=folder`) fills it, and"
    " the local server then answers searches."
    " On AWS, deploy with Ingestion=true."
)


class ConfiguredStorage:
    """The storage at an address, for vectors of the model `fingerprint`. Thread-safe.

    attribute_bytes: how many a file's attributes may have, as `attributes.metadata_size` counts
    them; None: any.
    """

    def __init__(self, address: StoreAddress | None, *, fingerprint: str) -> None:
        self._address = address
        self.fingerprint = fingerprint
        is_remote = isinstance(address, S3VectorsAddress)
        self.attribute_bytes = MAX_ATTRIBUTE_BYTES if is_remote else None
        self._storage: Storage | None = None
        self._source: Store | None = None  # bound to the model
        self._file: tuple[int, int] | None = None  # device and inode of the open file
        self._lock = threading.RLock()

    def open(self, *, create: bool = False) -> Storage:
        """The storage. create: make it if it does not exist.

        Raises NotFound if none is configured, or there is none yet; UnusableStore if it is damaged,
        and NotReady if it does not answer; the next call tries again.
        """
        if self._address is None:
            raise NotFound(NOT_CONFIGURED, code="vector_store_not_found")
        file = _file(self._address)
        if file is None and not create and not _exists(self._address):
            raise _nothing_ingested(store_id(self._address))
        with self._lock, reached():
            if self._storage is None or file is None or file != self._file:
                self._storage, self._source = open_storage(self._address), None
                self._file = _file(self._address)
            return self._storage

    def exists(self) -> bool:
        """Whether there is something to open. Raises NotFound if nothing is configured."""
        if self._address is None:
            raise NotFound(NOT_CONFIGURED, code="vector_store_not_found")
        return _exists(self._address)

    def store(self, vector_store_id: str | None = None) -> Store:
        """The vector store with this id; None stands for that of the bucket or folder.

        Raises NotFound if there is no such store, WrongStore if it holds another model's vectors,
        and what `open` raises.
        """
        storage = self.open()
        if vector_store_id in (None, storage.source_store_id):
            return self.source_store(storage)
        return self.made_store(storage, self.item(storage, str(vector_store_id)))

    def known_store(self, storage: Storage, vector_store_id: str) -> Store:
        """The vector store with this id, whatever model its vectors are of: for its rows only.

        Raises NotFound if there is no such store.
        """
        if vector_store_id == storage.source_store_id:
            return self.source_store(storage)
        return storage.store(self.item(storage, vector_store_id).id)

    def made_store(self, storage: Storage, item: VectorStoreItem) -> Store:
        """The store of an item that the API made. Raises WrongStore for another model's."""
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
                f"The vector store '{vector_store_id[:100]}' does not exist; GET /v1/vector_stores "
                "lists those that do.",
                param="vector_store_id",
                code="vector_store_not_found",
            )
        return found

    def source_store(self, storage: Storage) -> Store:
        """The store of the bucket or folder. Raises NotFound if there is none yet."""
        if not self.has_source_store(storage):
            raise _nothing_ingested(storage.source_store_id)
        with self._lock, reached():
            if self._source is None:
                self._source = bind_source_store(storage, fingerprint=self.fingerprint)
            return self._source

    def has_source_store(self, storage: Storage) -> bool:
        """Whether there is a store of the bucket or folder: a folder's begins with its files."""
        if self._source is not None or not isinstance(self._address, SqliteAddress):
            return True
        with reached():
            return storage.store(storage.source_store_id).ledger.counts().total > 0


def _nothing_ingested(name: str) -> NotFound:
    return NotFound(
        f"The vector store '{name}' does not exist: nothing has been ingested yet. `minilm "
        "ingest FOLDER` (in a checkout, `make ingest DIR=folder`) fills it; POST /v1/vector_stores "
        "makes others, for files that are uploaded.",
        param="vector_store_id",
        code="vector_store_not_found",
    )


def _exists(address: StoreAddress) -> bool:
    return not isinstance(address, SqliteAddress) or os.path.lexists(address.path)


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
def reached(*expected: type[TryLater]) -> Iterator[None]:
    """Turn a store's errors inside the block into those that a client sees. The log has the reason.

    NotFound if the store is deleted, NotReady if it does not answer or others keep changing what
    the block changes. expected: errors that the block's caller handles. A client is told the file's
    name, and not its folder.
    """
    try:
        yield
    except expected:
        raise
    except UnusableStore as error:
        log.error("the vector store cannot be used: %s", error)  # noqa: TRY400  # the reason is known
        name = PurePath(error.place).name
        raise UnusableStore(error.message.replace(error.place, name), place=name) from error
    except StoreGone as error:
        raise NotFound(
            str(error), param="vector_store_id", code="vector_store_not_found"
        ) from error
    except StoreConflict as error:
        log.warning("other writers were faster each time: %s", error)
        raise NotReady(
            "Other requests keep changing the same object. Try again.",
            code="vector_store_unavailable",
        ) from error
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

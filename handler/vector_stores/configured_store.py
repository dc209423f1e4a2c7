"""The vector store that VECTOR_STORE names, opened at its first use. Does not read or write it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from handler.errors import NotFound, NotReady, StoreLocked, TryLater, UnusableStore
from handler.settings import SqliteAddress, StoreAddress
from handler.stores import open_store
from handler.stores import store_id as id_of
from handler.stores.contract import Store

log = logging.getLogger(__name__)

NOT_CONFIGURED = (
    "No vector store is configured. Set VECTOR_STORE, for example to sqlite:///documents.sqlite for"
    " a local file: `make ingest DIR=folder` fills it, and `make serve` then answers searches."
    " On AWS, deploy with Ingestion=true."
)


class ConfiguredStore:
    """The store at an address, for vectors of the model `fingerprint`. Thread-safe."""

    def __init__(self, address: StoreAddress | None, *, fingerprint: str) -> None:
        self._address = address
        self._fingerprint = fingerprint
        self._store: Store | None = None
        self._file: tuple[int, int] | None = None  # device and inode of the open store
        self._lock = threading.Lock()

    def open(self, store_id: str | None = None) -> Store:
        """The store, if `store_id` is its id; None stands for any id.

        Raises NotFound if there is no such store, WrongStore if it holds another model's vectors,
        UnusableStore if it is damaged, and NotReady if it does not answer; the next call tries
        again.
        """
        if self._address is None:
            raise NotFound(NOT_CONFIGURED, code="vector_store_not_found")
        here = id_of(self._address)
        if store_id not in (None, here):
            raise NotFound(
                f"The vector store '{str(store_id)[:100]}' does not exist here; this server has "
                f"'{here}'.",
                param="vector_store_id",
                code="vector_store_not_found",
            )
        file = _file(self._address)
        with self._lock, reached():
            if self._store is None or file != self._file:
                self._store = open_store(self._address, fingerprint=self._fingerprint)
                self._file = file
            return self._store


def _file(address: StoreAddress) -> tuple[int, int] | None:
    """Device and inode of the file at the address: a file that replaces another has its own.

    Raises NotFound if there is no file, since opening it would create one.
    """
    if not isinstance(address, SqliteAddress):
        return None
    try:
        status = Path(address.path).stat()
    except FileNotFoundError as error:
        raise NotFound(
            f"The vector store '{id_of(address)}' is empty: nothing has been ingested yet. "
            "`make ingest DIR=folder` ingests a folder.",
            code="vector_store_not_found",
        ) from error
    except OSError:
        return None  # opening it will say what is wrong
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

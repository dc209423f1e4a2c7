"""The vector store that VECTOR_STORE names, opened when it is first asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handler.errors import NotFound, NotReady, TryLater
from handler.settings import SqliteAddress, StoreAddress
from handler.stores import open_store
from handler.stores import store_id as id_of
from handler.stores.contract import Store

log = logging.getLogger(__name__)

NOT_CONFIGURED = (
    "No vector store is configured. Set VECTOR_STORE, as in VECTOR_STORE=sqlite:///documents.sqlite"
    " for a local file: `make ingest DIR=folder` fills it, `make serve` then answers searches."
    " On AWS, deploy with Ingestion=true."
)


class ConfiguredStore:
    """The store at an address, for the vectors of the model `fingerprint`. Thread-safe."""

    def __init__(self, address: StoreAddress | None, *, fingerprint: str) -> None:
        self._address = address
        self._fingerprint = fingerprint
        self._store: Store | None = None
        self._file: tuple[int, int] | None = None  # that the store was opened in
        self._lock = threading.Lock()

    def open(self, store_id: str | None = None) -> Store:
        """The store, provided that it is the one that is asked for; None: whichever it is.

        Raises NotFound if it is not, or if there is none; WrongStore if it is for another model's
        vectors; NotReady if it cannot be reached, which the next call tries again.
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
    """Which file is at the address: one that was deleted and made anew is another.

    Raises NotFound if there is none, since opening it would make it.
    """
    if not isinstance(address, SqliteAddress):
        return None
    try:
        about = Path(address.path).stat()
    except FileNotFoundError as error:
        raise NotFound(
            f"The vector store '{id_of(address)}' is empty: nothing has been ingested yet. "
            "`make ingest DIR=folder` ingests a folder.",
            code="vector_store_not_found",
        ) from error
    return about.st_dev, about.st_ino


@contextmanager
def reached() -> Iterator[None]:
    """A store is asked inside. Raises NotReady if it does not answer; the log has the reason."""
    try:
        yield
    except TryLater as error:
        log.warning("the vector store does not answer", exc_info=True)
        raise NotReady(
            "The vector store does not answer at the moment. Try again.",
            code="vector_store_unavailable",
        ) from error

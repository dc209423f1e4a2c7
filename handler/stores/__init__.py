"""Where vectors are kept, with a ledger of the documents: `open_store` opens what is configured."""

from __future__ import annotations

from pathlib import Path

from handler.errors import ServiceUnavailable, WrongStore
from handler.settings import SqliteAddress, StoreAddress
from handler.stores.contract import Ledger, Store


def open_store(address: StoreAddress, *, fingerprint: str) -> Store:
    """Open the store at `address` for the vectors of the model `fingerprint`.

    Imports only what the backend needs. Raises WrongStore if the store holds another model's
    vectors, ServiceUnavailable if it cannot be reached.
    """
    store = _open(address)
    noted = store.ledger.bind(fingerprint)
    if noted != fingerprint:
        raise WrongStore(
            f"The vector store '{store.id}' holds vectors of {noted}; this model's are "
            f"{fingerprint}, and the two cannot be compared. Set VECTOR_STORE to a new store and "
            "ingest the documents again, or run the model that the store is for.",
            code="fingerprint_mismatch",
        )
    return store


def open_ledger(address: StoreAddress) -> Ledger:
    """The ledger at `address`, to read what it knows of documents: no model has to be loaded.

    Raises ServiceUnavailable if it cannot be opened.
    """
    return _open(address).ledger


def _open(address: StoreAddress) -> Store:
    if isinstance(address, SqliteAddress):
        try:
            from handler.stores.sqlite.index import open_sqlite
        except ImportError as error:
            raise ServiceUnavailable(
                f"A store in a file needs the package {error.name}, which the image does not have: "
                "on Lambda, VECTOR_STORE can be s3vectors://bucket/index."
            ) from error

        return open_sqlite(address)
    from handler.stores.aws.index import open_s3vectors

    return open_s3vectors(address)


def store_id(address: StoreAddress) -> str:
    """The store's id, without opening it: the index, or the file's name without its suffix."""
    return Path(address.path).stem if isinstance(address, SqliteAddress) else address.index

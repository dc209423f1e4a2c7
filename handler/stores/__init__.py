"""Where files, vectors and their ledgers are kept: `open_storage` opens what is configured."""

from __future__ import annotations

from pathlib import Path

from handler.errors import ServiceUnavailable, WrongStore
from handler.settings import SqliteAddress, StoreAddress
from handler.stores.contract import Storage, Store


def open_storage(address: StoreAddress) -> Storage:
    """All that is kept at `address`. Imports only what the backend needs.

    Raises ServiceUnavailable if it cannot be reached.
    """
    if isinstance(address, SqliteAddress):
        try:
            from handler.stores.sqlite.storage import SqliteStorage
        except ImportError as error:
            raise ServiceUnavailable(
                f"A store in a file needs the package {error.name}, which the image does not have: "
                "on Lambda, VECTOR_STORE can be s3vectors://bucket/index."
            ) from error

        return SqliteStorage(address)
    from handler.stores.aws.storage import AwsStorage

    return AwsStorage(address)


def bind_source_store(storage: Storage, *, fingerprint: str) -> Store:
    """The store of the bucket or folder, for the vectors of the model `fingerprint`.

    Raises WrongStore if it holds another model's vectors.
    """
    store = storage.store(storage.source_store_id)
    noted = store.ledger.bind(fingerprint)
    if noted != fingerprint:
        raise wrong_model(store.id, noted, fingerprint)
    return store


def wrong_model(store_id: str, noted: str, fingerprint: str) -> WrongStore:
    """The error of a store that holds the vectors of the model `noted`."""
    return WrongStore(
        f"The vector store '{store_id}' holds vectors of {noted}; this model's are {fingerprint}, "
        "and the two cannot be compared. Set VECTOR_STORE to a new store and ingest the documents "
        "again, or run the model that the store is for.",
        code="fingerprint_mismatch",
    )


def open_store(address: StoreAddress, *, fingerprint: str) -> Store:
    """Open the store of the bucket or folder at `address`, for the vectors of that model.

    Raises what `open_storage` and `bind_source_store` raise.
    """
    return bind_source_store(open_storage(address), fingerprint=fingerprint)


def open_source_store(address: StoreAddress) -> Store:
    """The same store, without asking for which model it is.

    Raises ServiceUnavailable if it cannot be opened.
    """
    storage = open_storage(address)
    return storage.store(storage.source_store_id)


def store_id(address: StoreAddress) -> str:
    """The store's id, without opening it: the index, or the file's name without its suffix."""
    return Path(address.path).stem if isinstance(address, SqliteAddress) else address.index

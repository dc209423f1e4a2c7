"""Find files and uploads by the ids that callers send."""

from __future__ import annotations

from handler.errors import InvalidRequest, NotFound
from handler.stores.catalog import Catalog, StoredFile, Upload
from handler.stores.contract import Storage
from handler.stores.ids import is_id
from handler.stores.row import Row


def find_file(catalog: Catalog, file_id: str, *, now: float) -> StoredFile | None:
    """The uploaded file with this id, unless it has expired by `now`."""
    found = catalog.get(StoredFile, file_id) if is_id(file_id) else None
    return None if found is None or found.is_expired(now) else found


def find_source_file(storage: Storage, file_id: str) -> Row | None:
    """The row of a document of the bucket or folder."""
    if not is_id(file_id):
        return None
    row = storage.store(storage.source_store_id).ledger.get(file_id)
    return None if row is None or row.removed else row


def find_upload(catalog: Catalog, upload_id: str) -> Upload:
    """The upload with this id, whatever its status. Raises NotFound if there is none."""
    found = catalog.get(Upload, upload_id) if is_id(upload_id) else None
    if found is None:
        raise no_such_upload(upload_id)
    return found


def no_such_file(file_id: str) -> NotFound:
    """The error of a file that is not there, in OpenAI's words."""
    return NotFound(f"No such File object: {file_id[:100]}", param="id", code="file_not_found")


def no_such_upload(upload_id: str) -> NotFound:
    """The same of an upload."""
    return NotFound(
        f"No such Upload object: {upload_id[:100]}", param="upload_id", code="upload_not_found"
    )


def not_ours(row: Row, *, what: str) -> InvalidRequest:
    """The error of what cannot be done to a document of the bucket or folder."""
    return InvalidRequest(
        f"The file {row.document_id} comes from the bucket or the folder, where it is "
        f"{row.source[:2000]}. {what} it there.",
        param="id",
        code="file_not_uploaded",
    )

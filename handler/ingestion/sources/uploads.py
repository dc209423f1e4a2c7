"""Files that were uploaded through the API: the catalog says which there are, blobs hold them."""

from __future__ import annotations

from collections.abc import Callable

from handler.errors import DocumentRejected, SourceChanged
from handler.ingestion.sources.contract import SourceSnapshot
from handler.stores.blobs import BlobMissing, Blobs
from handler.stores.catalog import Catalog, StoredFile, blob_of
from handler.stores.upload_source import uploaded_file_id

WITHOUT_CONTENT = (
    "The file is listed, but its content is missing. Delete the file, and upload it again."
)


class UploadReader:
    """See `contract.SourceReader`; the sources are those of `upload_source`.

    An etag is the SHA-256 of the content, which never changes. A file whose time is over is gone.
    The user's metadata are not here: a file has other ones in each store.
    """

    def __init__(self, catalog: Catalog, blobs: Blobs, now: Callable[[], float]) -> None:
        """now: seconds since 1970."""
        self._catalog, self._blobs, self._now = catalog, blobs, now

    def find(self, source: str, *, deadline: float | None = None) -> SourceSnapshot | None:
        file = self._file(uploaded_file_id(source), deadline)
        if file is None:
            return None
        return SourceSnapshot(
            etag=file.sha256,
            version=None,
            size=file.size,
            modified=file.created,
            content_type=file.content_type,
            read=lambda: self._read(file, deadline),
        )

    def _file(self, item_id: str, deadline: float | None) -> StoredFile | None:
        file = self._catalog.get(StoredFile, item_id, deadline=deadline)
        return None if file is None or file.is_expired(self._now()) else file

    def _read(self, file: StoredFile, deadline: float | None) -> bytes:
        try:
            return self._blobs.read(blob_of(file.id), deadline=deadline)
        except BlobMissing as error:
            if self._file(file.id, deadline) is None:
                raise SourceChanged(f"{file.id} was deleted meanwhile.") from error
            raise DocumentRejected("server_error", WITHOUT_CONTENT) from error

"""OpenAI's uploads: a file that comes in parts, or directly. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from time import time

from handler.errors import InvalidRequest, StoreConflict
from handler.files.completion import complete_upload
from handler.files.filenames import clean_filename
from handler.files.files import describe
from handler.files.form import Form
from handler.files.found import find_file, find_upload, no_such_upload
from handler.files.schemas import Upload, UploadPart, UploadUrl
from handler.files.upload_request import NewUpload, UploadCompletion
from handler.files.upload_status import expect_pending, status_of
from handler.limits import UPLOAD_SECONDS
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.objects.idempotency import id_to_make
from handler.objects.request import read_request
from handler.stores import catalog
from handler.stores.catalog import blob_of_part, parts_of, whole_of
from handler.stores.compare_and_set import until_written
from handler.stores.contract import Storage

DAY = 86_400  # seconds


class Uploads:
    """The operations on uploads. Thread-safe.

    Every method raises what `ConfiguredStorage.open` raises, and NotFound for an upload that is
    not there. caller: the name of the API key. key: the request's Idempotency-Key.
    """

    def __init__(self, storage: ConfiguredStorage, now: Callable[[], float] = time) -> None:
        """now: seconds since 1970."""
        self._storage, self._now = storage, now

    def create(self, body: bytes, *, caller: str | None, key: str | None) -> Upload:
        """Begin an upload. Raises InvalidRequest and RequestTooLarge."""
        asked = read_request(NewUpload, body)
        name = clean_filename(asked.filename, place="filename")
        storage, now = self._storage.open(create=True), self._now()
        request = b"POST /v1/uploads\n" + asked.model_dump_json().encode()
        with reached():
            upload_id = id_to_make(
                storage.catalog, catalog.Upload, caller=caller, key=key, request=request, now=now
            )
            upload = catalog.Upload(
                id=upload_id,
                created=now,
                filename=name,
                purpose=asked.purpose,
                size=asked.bytes,
                content_type=asked.mime_type,
                expires=now + UPLOAD_SECONDS,
                file_seconds=asked.expires_after.seconds if asked.expires_after else None,
            )
            try:
                upload = storage.catalog.put(upload)
            except StoreConflict:  # the same request came before
                upload = find_upload(storage.catalog, upload_id)
            return self._describe(storage, upload)

    def expect_pending(self, upload_id: str) -> catalog.Upload:
        """The upload. Raises InvalidRequest unless it takes parts."""
        storage = self._existing(upload_id)
        with reached():
            upload = find_upload(storage.catalog, upload_id)
        expect_pending(upload, now=self._now())
        return upload

    def add_part(
        self, upload_id: str, form: Form, *, caller: str | None, key: str | None
    ) -> UploadPart:
        """Keep a part of the file. Raises InvalidRequest."""
        sent, now = form.file, self._now()
        upload = self.expect_pending(upload_id)
        if sent.size > upload.size:
            raise InvalidRequest(
                f"'data' has {sent.size:,} bytes, more than the {upload.size:,} that the whole "
                "upload was announced with. Send only its parts, or create another upload.",
                param="data",
            )
        storage = self._existing(upload_id)
        request = f"POST /v1/uploads/parts\n{upload_id}\n{sent.sha256}".encode()
        with reached():
            part_id = id_to_make(
                storage.catalog,
                catalog.UploadPart,
                caller=caller,
                key=key,
                request=request,
                now=now,
            )
            part = storage.catalog.get(catalog.UploadPart, part_id) if key else None
            if part is None:
                part = catalog.UploadPart(
                    id=part_id, created=now, upload_id=upload.id, size=sent.size
                )
                storage.blobs.write(blob_of_part(upload.id, part_id), sent.content)
                with suppress(StoreConflict):  # the same request came at the same time
                    storage.catalog.put(part)
        return UploadPart(
            id=part.id, object="upload.part", created_at=int(part.created), upload_id=upload.id
        )

    def complete(self, upload_id: str, body: bytes) -> Upload:
        """Make the file of the parts. Raises InvalidRequest; the upload then stays as it was.

        An upload that was completed with the same parts is answered again.
        """
        asked = read_request(UploadCompletion, body)
        storage = self._existing(upload_id)

        def complete() -> catalog.Upload:
            upload = find_upload(storage.catalog, upload_id)
            return complete_upload(storage, upload, asked, now=self._now())

        with reached():
            return self._describe(storage, until_written(complete))

    def cancel(self, upload_id: str) -> Upload:
        """Give an upload up, and delete its parts. Raises InvalidRequest if it is completed."""
        storage = self._existing(upload_id)

        def cancel() -> catalog.Upload:
            upload = find_upload(storage.catalog, upload_id)
            if upload.status == "cancelled":
                return upload
            expect_pending(upload, now=self._now())
            return storage.catalog.put(replace(upload, status="cancelled"))

        with reached():
            upload = until_written(cancel)
            # A part that is being written now is deleted by the sweep.
            parts = storage.blobs.keys(parts_of(upload.id), before=self._now() + DAY)
            storage.blobs.delete(parts)
            return self._describe(storage, upload)

    def _existing(self, upload_id: str) -> Storage:
        """The storage. Raises NotFound, for that upload, if nothing was ever put into it."""
        if not self._storage.exists():
            raise no_such_upload(upload_id)
        return self._storage.open()

    def _describe(self, storage: Storage, upload: catalog.Upload) -> Upload:
        now, file = self._now(), None
        status = status_of(upload, now=now)
        if status == "completed" and upload.file_id:
            file = find_file(storage.catalog, upload.file_id, now=now)
        return Upload(
            id=upload.id,
            object="upload",
            bytes=upload.size,
            created_at=int(upload.created),
            expires_at=int(upload.expires),
            filename=upload.filename,
            purpose=upload.purpose,
            status=status,
            file=describe(file) if file else None,
            upload_url=_upload_url(storage, upload) if status == "pending" else None,
        )


def _upload_url(storage: Storage, upload: catalog.Upload) -> UploadUrl | None:
    put = storage.blobs.presigned_put(
        whole_of(upload.id), size=upload.size, content_type=upload.content_type
    )
    if put is None:
        return None
    return UploadUrl(
        method="PUT", url=put.url, headers=dict(put.headers), expires_at=int(upload.expires)
    )

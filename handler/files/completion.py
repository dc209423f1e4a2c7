"""Complete an upload: make a file of its parts.

The id of the file is noted before it is made, so that a completion that was interrupted is
continued by the next, and two at once make one file. With other parts, it is another file.
"""

from __future__ import annotations

from dataclasses import replace

from handler.errors import InvalidRequest, StoreConflict
from handler.files.file_request import expiry_seconds
from handler.files.files import put_file
from handler.files.found import find_upload
from handler.files.upload_request import UploadCompletion
from handler.files.upload_status import expect_pending
from handler.stores.blobs import BlobMissing, Digests
from handler.stores.catalog import (
    StoredFile,
    Upload,
    UploadPart,
    blob_of,
    blob_of_part,
    whole_of,
)
from handler.stores.contract import Storage
from handler.stores.ids import is_id, new_id


def complete_upload(
    storage: Storage, upload: Upload, asked: UploadCompletion, *, now: float
) -> Upload:
    """The upload, completed. now: seconds since 1970.

    Raises InvalidRequest, and StoreConflict if another request has changed the upload meanwhile.
    """
    if upload.status == "completed" and list(upload.part_ids) == asked.part_ids:
        return upload
    expect_pending(upload, now=now)
    parts = _parts(storage, upload, asked.part_ids)
    claimed = _claim(storage, upload, asked.part_ids, now=now)
    assert claimed.file_id is not None
    written = _join(storage, claimed, parts)
    _check(written, claimed, asked)
    seconds = expiry_seconds(claimed.purpose, claimed.file_seconds)
    file = StoredFile(
        id=claimed.file_id,
        created=now,
        filename=claimed.filename,
        purpose=claimed.purpose,
        size=written.size,
        sha256=written.sha256,
        content_type=claimed.content_type,
        expires=None if seconds is None else now + seconds,
    )
    put_file(storage.catalog, file)
    try:
        completed = storage.catalog.put(replace(claimed, status="completed"))
    except StoreConflict:
        current = find_upload(storage.catalog, upload.id)
        if current.file_id != file.id or current.status == "cancelled":
            _discard(storage, file.id)
        raise
    storage.blobs.delete(parts)
    return completed


def _parts(storage: Storage, upload: Upload, part_ids: list[str]) -> list[str]:
    """The blobs to be joined. Raises InvalidRequest naming the first wrong part."""
    if not part_ids:
        return [whole_of(upload.id)]
    known = [one for one in part_ids if is_id(one)]
    found = storage.catalog.get_all(UploadPart, known)
    seen: set[str] = set()
    for index, part_id in enumerate(part_ids):
        place, part = f"part_ids[{index}]", found.get(part_id)
        if part is None or part.upload_id != upload.id:
            raise InvalidRequest(
                f"'{place}' is '{part_id[:100]}', which is no part of the upload {upload.id}.",
                param=place,
                code="upload_part_not_found",
            )
        if part_id in seen:
            raise InvalidRequest(
                f"'{place}' is '{part_id}', which is in the list twice.", param=place
            )
        seen.add(part_id)
    size = sum(found[part_id].size for part_id in part_ids)
    if size != upload.size:
        raise _wrong_size(f"The parts have {size:,} bytes together", upload)
    return [blob_of_part(upload.id, part_id) for part_id in part_ids]


def _claim(storage: Storage, upload: Upload, part_ids: list[str], *, now: float) -> Upload:
    """The upload with the id of its file noted."""
    if upload.file_id and list(upload.part_ids) == part_ids:
        return upload
    claimed = replace(upload, file_id=new_id(StoredFile.prefix, now), part_ids=part_ids)
    claimed = storage.catalog.put(claimed)
    if upload.file_id:  # of other parts; the request that makes it finds that it is not wanted
        _discard(storage, upload.file_id)
    return claimed


def _join(storage: Storage, upload: Upload, parts: list[str]) -> Digests:
    assert upload.file_id is not None
    try:
        return storage.blobs.join(parts, blob_of(upload.file_id))
    except BlobMissing as error:
        if upload.size == 0 and not upload.part_ids:
            return storage.blobs.join([], blob_of(upload.file_id))
        if find_upload(storage.catalog, upload.id).revision != upload.revision:
            raise StoreConflict(f"The upload {upload.id} was changed meanwhile.") from error
        if not upload.part_ids:
            raise InvalidRequest(
                "'part_ids' is empty. Send the file in parts to POST "
                f"/v1/uploads/{upload.id}/parts, and their ids here. None are needed only after "
                "the file was sent to 'upload_url'.",
                param="part_ids",
            ) from error
        raise InvalidRequest(
            f"The bytes of a part of the upload {upload.id} are gone. Create another upload.",
            param="part_ids",
        ) from error


def _check(written: Digests, upload: Upload, asked: UploadCompletion) -> None:
    """Raises InvalidRequest if the file is not the one that was announced.

    Its blob is left to the sweep: another completion of the same parts may need it.
    """
    if written.size != upload.size:
        raise _wrong_size(f"The file has {written.size:,} bytes", upload)
    if asked.md5 is not None and asked.md5.lower() != written.md5:
        raise InvalidRequest(
            f"'md5' is {asked.md5.lower()}, and that of the file is {written.md5}. Check the order "
            "of 'part_ids', and the file.",
            param="md5",
            code="md5_mismatch",
        )


def _wrong_size(what: str, upload: Upload) -> InvalidRequest:
    return InvalidRequest(
        f"{what}; the upload was announced with {upload.size:,}. Send all of its parts, and no "
        "others.",
        param="part_ids",
        code="upload_size_mismatch",
    )


def _discard(storage: Storage, file_id: str) -> None:
    file = storage.catalog.get(StoredFile, file_id)
    if file is not None:
        storage.catalog.delete(file)
    storage.blobs.delete([blob_of(file_id)])

"""OpenAI's files: what was uploaded, and what can be done to it. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import time

from handler.errors import StoreConflict
from handler.files.content import Content, read_content
from handler.files.file_request import expiry_seconds, read_form
from handler.files.filenames import clean_content_type, clean_filename
from handler.files.form import Form
from handler.files.found import find_file, find_source_file, no_such_file, not_ours
from handler.files.schemas import DeletedFile, File, FileList
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.objects.idempotency import id_to_make
from handler.objects.pagination import FilePage, read_file_page
from handler.stores.attributes import filename
from handler.stores.catalog import Catalog, StoredFile, blob_of
from handler.stores.contract import Storage
from handler.stores.removal import delete_file
from handler.stores.row import Row

AT_ONCE = 1_000  # items that are read at a time
LIST_FRAME = 1_000  # bytes of a list beside its items


class Files:
    """The operations on files. Thread-safe.

    Every method raises what `ConfiguredStorage.open` raises, and NotFound for a file that is not
    there or has expired.
    """

    def __init__(self, storage: ConfiguredStorage, now: Callable[[], float] = time) -> None:
        """now: seconds since 1970."""
        self._storage, self._now = storage, now

    def create(self, form: Form, *, caller: str | None, key: str | None) -> File:
        """Keep the file of a form.

        caller: the name of the API key. key: the request's Idempotency-Key. Raises InvalidRequest.
        """
        fields, sent = read_form(form.texts), form.file
        name = clean_filename(sent.filename, place="filename")
        storage, now = self._storage.open(create=True), self._now()
        request = f"POST /v1/files\n{fields.purpose}\n{fields.seconds}\n{name}\n{sent.sha256}"
        with reached():
            file_id = id_to_make(
                storage.catalog,
                StoredFile,
                caller=caller,
                key=key,
                request=request.encode(),
                now=now,
            )
            if known := find_file(storage.catalog, file_id, now=now) if key else None:
                return describe(known)
            seconds = expiry_seconds(fields.purpose, fields.seconds)
            file = StoredFile(
                id=file_id,
                created=now,
                filename=name,
                purpose=fields.purpose,
                size=sent.size,
                sha256=sent.sha256,
                content_type=clean_content_type(sent.content_type),
                expires=None if seconds is None else now + seconds,
            )
            # Before the item: what has no item is deleted by the sweep.
            storage.blobs.write(blob_of(file_id), sent.content)
            return describe(put_file(storage.catalog, file))

    def page(self, query: Mapping[str, str], *, answer_limit: int | None = None) -> FileList:
        """A page of the files. Raises InvalidRequest.

        answer_limit: bytes that the answer may have; the page ends where it is reached.
        """
        page = read_file_page(query)
        if not self._storage.exists():
            return FileList.of([], has_more=False)
        storage, now = self._storage.open(), self._now()
        shown: list[File] = []
        room = None if answer_limit is None else answer_limit - LIST_FRAME
        with reached():
            for file in _listed(storage, page, now):
                described = describe(file)
                if room is not None:
                    room -= len(described.model_dump_json()) + 1
                if len(shown) == page.limit or (room is not None and room < 0):
                    return FileList.of(shown, has_more=True)
                shown.append(described)
        return FileList.of(shown, has_more=False)

    def retrieve(self, file_id: str) -> File:
        """The file with this id: uploaded, or of the bucket or folder."""
        storage = self._existing(file_id)
        with reached():
            if file := find_file(storage.catalog, file_id, now=self._now()):
                return describe(file)
            if row := find_source_file(storage, file_id):
                return _describe_source(row)
        raise no_such_file(file_id)

    def content(self, file_id: str, *, answer_limit: int | None) -> Content:
        """The bytes of a file. Raises InvalidRequest for one of the bucket or folder, too."""
        storage = self._existing(file_id)
        with reached():
            file = self._uploaded(storage, file_id, what="Read")
            return read_content(storage.blobs, file, answer_limit=answer_limit)

    def delete(self, file_id: str) -> DeletedFile:
        """Delete a file, and take it out of all vector stores.

        Raises InvalidRequest for one of the bucket or folder.
        """
        storage = self._existing(file_id)
        with reached():
            file = self._uploaded(storage, file_id, what="Delete")
            delete_file(storage, file, now=self._now())
        return DeletedFile(id=file.id, object="file", deleted=True)

    def _existing(self, file_id: str) -> Storage:
        """The storage. Raises NotFound, for that file, if nothing was ever put into it."""
        if not self._storage.exists():
            raise no_such_file(file_id)
        return self._storage.open()

    def _uploaded(self, storage: Storage, file_id: str, *, what: str) -> StoredFile:
        """what: what is to be done to it, for the error if it cannot be."""
        if file := find_file(storage.catalog, file_id, now=self._now()):
            return file
        if row := find_source_file(storage, file_id):
            raise not_ours(row, what=what)
        raise no_such_file(file_id)


def put_file(catalog: Catalog, file: StoredFile) -> StoredFile:
    """Write a new file's item, unless another request has just written it."""
    try:
        return catalog.put(file)
    except StoreConflict:
        return catalog.get(StoredFile, file.id) or file


def describe(file: StoredFile) -> File:
    """OpenAI's object of an uploaded file."""
    return File(
        id=file.id,
        object="file",
        bytes=file.size,
        created_at=int(file.created),
        filename=file.filename,
        purpose=file.purpose,
        status="processed",
        expires_at=None if file.expires is None else int(file.expires),
    )


def _describe_source(row: Row) -> File:
    """The same of a document of the bucket or folder."""
    return File(
        id=row.document_id,
        object="file",
        bytes=row.size,
        created_at=int(row.created),
        filename=filename(row.source),
        purpose="assistants",
        status="processed",
    )


def _listed(storage: Storage, page: FilePage, now: float) -> Iterator[StoredFile]:
    """The files that a page may show, in its order, and those after it."""
    after = page.after
    limit = AT_ONCE if page.purpose else min(AT_ONCE, page.limit + 1)
    while True:
        files = storage.catalog.page(
            StoredFile, limit=limit, after=after, descending=page.descending
        )
        for file in files:
            if page.purpose in (None, file.purpose) and not file.is_expired(now):
                yield file
        if len(files) < limit:
            return
        after = files[-1].id

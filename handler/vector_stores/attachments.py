"""Attach uploaded files to a vector store: rows of its ledger are written, and tasks sent.

An attach of what is attached changes nothing, so a request that is sent twice does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from handler.errors import InvalidRequest, NotFound
from handler.limits import MAX_WAITING_BATCHES
from handler.objects.configured_storage import reached
from handler.stores.attributes import Attribute, describe, metadata_size
from handler.stores.catalog import StoredFile
from handler.stores.compare_and_set import change_rows
from handler.stores.contract import Storage, Store
from handler.stores.ids import is_id
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile
from handler.stores.upload_source import upload_source
from handler.vector_stores.file_request import Attachment, same_attributes

AT_ONCE = 100  # rows that are written at a time


def find_files(
    storage: Storage,
    wanted: Sequence[Attachment],
    now: float,
    *,
    attribute_bytes: int | None = None,
) -> dict[str, tuple[Attachment, StoredFile]]:
    """The files to attach, by id. One that is named twice is attached as it is named first.

    attribute_bytes: how many the attributes of a file may have; None: any. Raises NotFound for a
    file that does not exist, and InvalidRequest for attributes that do not fit.
    """
    first: dict[str, Attachment] = {}
    for one in wanted:
        first.setdefault(one.file_id, one)
    with reached():
        files = storage.catalog.get_all(StoredFile, [name for name in first if is_id(name)])
    for name, one in first.items():
        if name not in files or files[name].is_expired(now):
            raise NotFound(
                f"The file '{name[:100]}' ('{one.place}') does not exist. POST /v1/files uploads "
                "files, and GET /v1/files lists them.",
                param=one.place,
                code="file_not_found",
            )
        check_size(one.attributes, _new_row(files[name], now), attribute_bytes)
    return {name: (one, files[name]) for name, one in first.items()}


def check_size(attributes: Mapping[str, Attribute], row: Row, most: int | None) -> None:
    """Raises InvalidRequest if the store cannot hold the attributes. most: bytes; None: any."""
    if most is None:
        return
    size = metadata_size(attributes, describe(row.source, row.content_type, row.modified))
    if size > most:
        raise InvalidRequest(
            f"The attributes of the file '{row.document_id}' take {size:,} bytes, including its "
            f"name and copies of numbers and dates; the limit of S3 Vectors is {most:,}. Send "
            "fewer or shorter ones.",
            param="attributes",
            code="attributes_too_large",
        )


def attach(
    storage: Storage,
    store: Store,
    files: Sequence[tuple[Attachment, StoredFile]],
    now: float,
    *,
    batch: str | None = None,
    deadline: float | None = None,
) -> list[Row]:
    """Attach files. batch: the file batch that counts them.

    Raises NotFound if the store was deleted meanwhile, and NotReady.
    """
    rows: list[Row] = []
    for start in range(0, len(files), AT_ONCE):
        part = files[start : start + AT_ONCE]
        with reached():
            rows += _attach(store, part, now, batch, deadline)
            waiting = [
                ReconcileFile(store.id, row.document_id)
                for row in rows[start:]
                if row.status == "in_progress"
            ]
            storage.tasks.send(waiting, deadline=deadline)
    return rows


def _attach(
    store: Store,
    files: Sequence[tuple[Attachment, StoredFile]],
    now: float,
    batch: str | None,
    deadline: float | None,
) -> list[Row]:
    wanted = {file.id: (one, file) for one, file in files}

    def attached(file_id: str, known: Row | None) -> Row:
        return _plan(known, *wanted[file_id], now, batch)

    done = change_rows(store.ledger, list(wanted), attached, deadline=deadline)
    return [done[file.id] for _, file in files]


def _new_row(file: StoredFile, now: float) -> Row:
    return Row(
        file.id,
        upload_source(file),
        size=file.size,
        modified=file.created,
        content_type=file.content_type,
        created=now,
    )


def _plan(
    known: Row | None, one: Attachment, file: StoredFile, now: float, batch: str | None
) -> Row:
    """The row that the attachment is to have; the known one if nothing changes."""
    old = known or _new_row(file, now)
    attached = replace(
        old,
        requested=one.attributes,
        chunk_tokens=one.chunk_tokens,
        chunk_overlap=one.chunk_overlap,
    )
    if batch and batch not in old.batches:
        attached = replace(attached, batches=(*old.batches, batch), updated=now)
    if known and not known.removed and known.status in ("in_progress", "completed"):
        sizes = known.chunk_tokens, known.chunk_overlap
        if sizes == (one.chunk_tokens, one.chunk_overlap) and same_attributes(
            known.requested, one.attributes
        ):
            return attached
    elif known:
        attached = replace(attached, created=now if known.removed else known.created, removed=0.0)
    return replace(
        attached, status="in_progress", error=None, error_code=None, warnings=(), updated=now
    )


def expect_room(store: Store, file_ids: Sequence[str]) -> None:
    """Raises InvalidRequest if too many file batches wait for one of the files."""
    with reached():
        rows = store.ledger.get_all(file_ids)
    for row in rows.values():
        if len(row.batches) >= MAX_WAITING_BATCHES:
            raise InvalidRequest(
                f"The file '{row.document_id}' is already in {len(row.batches)} unfinished file "
                f"batches; the limit is {MAX_WAITING_BATCHES}. Wait until it is processed.",
                param="file_ids",
                code="too_many_file_batches",
            )

"""The source of an uploaded file, `upload://file id/filename`, as a ledger's row has it."""

from __future__ import annotations

from handler.stores.catalog import StoredFile

SCHEME = "upload://"


def upload_source(file: StoredFile) -> str:
    """The source of the file."""
    return f"{SCHEME}{file.id}/{file.filename}"


def is_upload(source: str) -> bool:
    """Whether the source is an uploaded file."""
    return source.startswith(SCHEME)


def uploaded_file_id(source: str) -> str:
    """The id of the uploaded file that a source names."""
    return source.removeprefix(SCHEME).partition("/")[0]

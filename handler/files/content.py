"""The bytes of a file, as an answer has them: in parts, or at another address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from handler.errors import NotFound, RequestTooLarge
from handler.stores.blobs import BlobMissing, Blobs
from handler.stores.catalog import StoredFile, blob_of

# Of an answer on Lambda beside its body: headers, and JSON around them.
ANSWER_FRAME = 4_096
# Whatever was uploaded, a browser saves it, and runs none of it.
CONTENT_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Content:
    """The bytes of a file, or where they are."""

    headers: dict[str, str]
    chunks: Iterator[bytes]
    url: str | None = None  # of the bytes, instead of `chunks`
    close: Callable[[], None] = lambda: None  # to be called, whether all chunks were read or not


def read_content(blobs: Blobs, file: StoredFile, *, answer_limit: int | None) -> Content:
    """The content of a file.

    answer_limit: bytes that an answer may have, in base64; None: any number. Raises NotFound if
    the bytes are gone, and RequestTooLarge if they do not fit and have no other address.
    """
    if answer_limit is not None and 4 * -(-file.size // 3) + ANSWER_FRAME > answer_limit:
        key = blob_of(file.id)
        url = blobs.url(key, filename=file.filename, content_type=CONTENT_TYPE)
        if url is None:
            raise RequestTooLarge(
                f"The file has {file.size:,} bytes, which is more than an answer can have here "
                f"({answer_limit:,} in base64), and this server cannot give another address for it."
            )
        return Content({"cache-control": "no-store"}, iter(()), url)
    chunks = blobs.chunks(blob_of(file.id))
    try:
        first = next(chunks, b"")
    except BlobMissing as error:
        raise NotFound(
            f"The content of the file {file.id} is gone. Delete the file, and upload it again.",
            param="id",
            code="file_content_not_found",
        ) from error
    return Content(_headers(file), chain([first], chunks), close=chunks.close)


def _headers(file: StoredFile) -> dict[str, str]:
    return {
        "content-type": CONTENT_TYPE,
        "content-length": str(file.size),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.filename, safe='')}",
        "x-content-type-options": "nosniff",
    }

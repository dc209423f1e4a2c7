"""The text that was read of a file, in pages that an answer can hold."""

from __future__ import annotations

import orjson

from handler.digits import whole_number
from handler.embeddings.answer_size import ENVELOPE
from handler.errors import InvalidRequest
from handler.request_context import RequestContext
from handler.stores.content import text_of
from handler.stores.contract import Store
from handler.stores.row import Row
from handler.vector_stores.schemas import FileContent, VectorStoreFileContent

PAGE_SHARE = 0.9  # of an answer's limit; the rest is for what is around the text


def page_of(
    store: Store, row: Row, page: str | None, context: RequestContext
) -> VectorStoreFileContent:
    """The page of a file's text. page: what the page before says; None or "": the first.

    Raises InvalidRequest if there is no text yet, or no such page.
    """
    if row.current is None:
        raise InvalidRequest(_without_text(row), param="file_id", code="file_not_processed")
    text = "".join(text_of(store, row, deadline=context.deadline))
    start = whole_number(page) if page else 0
    if start is None or start > len(text):
        raise InvalidRequest(
            f"'page' is '{(page or '')[:40]}'; it must be the 'next_page' of another answer.",
            param="page",
        )
    end = _end(text, start, context.answer_limit)
    return VectorStoreFileContent(
        object="vector_store.file_content.page",
        data=[FileContent(type="text", text=text[start:end])],
        has_more=end < len(text),
        next_page=str(end) if end < len(text) else None,
    )


def _without_text(row: Row) -> str:
    if row.status == "failed":
        return f"The file '{row.document_id}' could not be read: {row.error}"
    if row.status == "cancelled":
        return f"The file '{row.document_id}' was not read: its file batch was cancelled."
    return f"The file '{row.document_id}' is still in progress. Ask again when it is completed."


def _end(text: str, start: int, limit: int | None) -> int:
    """Where a page that begins at `start` ends. limit: bytes of the answer; None: none."""
    if limit is None:
        return len(text)
    room = int(PAGE_SHARE * (limit - ENVELOPE))
    end = min(len(text), start + room)
    while (size := _size(text[start:end])) > room:
        end = start + (end - start) * room // (size + 1)
    return end


def _size(text: str) -> int:
    """Bytes of the text in a JSON string inside Lambda's JSON."""
    return len(orjson.dumps(orjson.dumps(text).decode()))

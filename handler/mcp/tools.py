"""The tools `search` and `fetch`, in the shape that ChatGPT's connectors and deep research ask for.

Their results are JSON, as text in the first content, and as it is in `structuredContent`.
(platform.openai.com/docs/mcp, "Create an MCP server")
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from handler.errors import ApiError, InvalidRequest, NotFound
from handler.limits import MAX_FETCHED
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.request_context import RequestContext
from handler.stores.attributes import filename
from handler.stores.content import text_of
from handler.stores.ids import is_id
from handler.stores.row import Row
from handler.stores.upload_source import is_upload, uploaded_file_id
from handler.validation import kind_of
from handler.vector_stores.search import VectorSearch

TEXT = {"type": "string"}
RESULT = {
    "type": "object",
    "properties": {"id": TEXT, "title": TEXT, "url": TEXT, "text": TEXT},
    "required": ["id", "title", "url"],
}
READ_ONLY = {"readOnlyHint": True, "openWorldHint": False}
TOOLS: list[dict[str, Any]] = [
    {
        "name": "search",
        "title": "Search documents",
        "description": "Find documents by meaning and by words. The results have the ids that "
        "`fetch` takes, and the passage that matches best.",
        "inputSchema": {
            "type": "object",
            "properties": {"query": {"type": "string", "description": "What to look for."}},
            "required": ["query"],
        },
        "outputSchema": {
            "type": "object",
            "properties": {"results": {"type": "array", "items": RESULT}},
            "required": ["results"],
        },
        "annotations": READ_ONLY,
    },
    {
        "name": "fetch",
        "title": "Read a document",
        "description": "The text of a document that `search` found, by its id.",
        "inputSchema": {
            "type": "object",
            "properties": {"id": {"type": "string", "description": "An id from `search`."}},
            "required": ["id"],
        },
        "outputSchema": {
            **RESULT,
            "properties": {**RESULT["properties"], "metadata": {"type": "object"}},  # type: ignore[dict-item]
            "required": ["id", "title", "text", "url"],
        },
        "annotations": READ_ONLY,
    },
]
RESULTS = 50  # passages that are looked at: the documents are fewer


class Tools:
    """Searches and reads documents. Thread-safe."""

    def __init__(self, storage: ConfiguredStorage, search: VectorSearch) -> None:
        self._storage, self._search = storage, search

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any],
        context: RequestContext,
        *,
        vector_store_id: str | None = None,
        base_url: str | None = None,
    ) -> dict[str, Any]:
        """The result of a tool. What is wrong is a result, too: the assistant reads it.

        vector_store_id: where to look; None: in the bucket's or folder's store. base_url: of this
        server's API, for the addresses of uploaded files.
        """
        try:
            if name == "search":
                value = self._find(_text(arguments, "query"), context, vector_store_id, base_url)
            else:
                value = self._fetch(_text(arguments, "id"), context, vector_store_id, base_url)
        except ApiError as error:
            return {"content": [_content(error.message)], "isError": True}
        return {
            "content": [_content(orjson.dumps(value).decode())],
            "structuredContent": value,
            "isError": False,
        }

    def _find(
        self, query: str, context: RequestContext, store_id: str | None, base_url: str | None
    ) -> dict[str, Any]:
        """The documents, best first, each with its best passage."""
        request = {"query": query, "max_num_results": RESULTS}
        page = orjson.loads(self._search.search(store_id, request, context).body)
        best: dict[str, dict[str, Any]] = {}
        for found in page["data"]:
            best.setdefault(
                found["file_id"],
                {
                    "id": found["file_id"],
                    "title": found["filename"] or found["file_id"],
                    "url": _url(found["source"] or "", base_url),
                    "text": found["content"][0]["text"],
                },
            )
        answer: dict[str, Any] = {"results": list(best.values())}
        if page.get("warnings"):
            answer["warnings"] = page["warnings"]
        return answer

    def _fetch(
        self, file_id: str, context: RequestContext, store_id: str | None, base_url: str | None
    ) -> dict[str, Any]:
        store = self._storage.store(store_id)
        with reached():
            known = is_id(file_id)
            row = store.ledger.get(file_id, deadline=context.deadline) if known else None
            if row is None or row.removed or row.current is None:
                raise NotFound(
                    f"There is no document {file_id[:100]!r} to read. `search` finds the ids.",
                    param="id",
                )
            text, is_whole = self._read(text_of(store, row, deadline=context.deadline))
        return {
            "id": file_id,
            "title": filename(row.source),
            "text": text,
            "url": _url(row.source, base_url),
            "metadata": _metadata(row, is_whole=is_whole),
        }

    @staticmethod
    def _read(pieces: Any) -> tuple[str, bool]:
        """The text, up to a limit, and whether that is all of it."""
        text = ""
        for piece in pieces:
            text += piece
            if len(text) > MAX_FETCHED:
                return text[:MAX_FETCHED], False
        return text, True


def _metadata(row: Row, *, is_whole: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {**(row.requested or row.attributes)}
    if row.content_type:
        metadata["content_type"] = row.content_type
    if not is_whole:
        metadata["truncated"] = (
            f"These are the first {MAX_FETCHED:,} characters. `search` finds passages of the rest."
        )
    return metadata


def _url(source: str, base_url: str | None) -> str:
    """An address to cite: of an uploaded file, the one of its bytes."""
    if not is_upload(source) or base_url is None:
        return source
    return f"{base_url}/files/{quote(uploaded_file_id(source))}/content"


def _text(arguments: Mapping[str, Any], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidRequest(
            f"'{name}' is {kind_of(value)}; it must be a string that is not empty.", param=name
        )
    return value


def _content(text: str) -> dict[str, str]:
    return {"type": "text", "text": text.encode("utf-8", "replace").decode()}

"""The answers of the vector store routes: the models make them, and /openapi.json documents them.

The files `*_request` and `objects.pagination` have what the routes accept.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from handler.objects.lists import Item, ItemList, ResponseModel
from handler.stores.attributes import Attribute

__all__ = [
    "DeletedVectorStore",
    "DeletedVectorStoreFile",
    "SearchResults",
    "VectorStore",
    "VectorStoreFile",
    "VectorStoreFileBatch",
    "VectorStoreFileContent",
    "VectorStoreFileList",
    "VectorStoreList",
]


class SearchContent(ResponseModel):
    """The text of a chunk."""

    type: Literal["text"]
    text: str


class SearchResult(ResponseModel):
    """A chunk and its place. Offsets are in characters of the document's text."""

    file_id: str
    filename: str
    score: float  # from 0 to 1; see docs/search.md
    cosine: float | None  # with the query; null if only the words were found and it is not known
    text_rank: int | None  # by words, from 1; null if not among the best
    # Of an uploaded file, those it was attached with; else all that filters take.
    attributes: dict[str, Attribute]
    content: list[SearchContent]
    source: str | None
    chunk: int | None  # its number in the document, from 0
    start: int | None
    end: int | None
    page: int | None  # from 1; null if the format has no pages
    heading: str | None


class SearchResults(ResponseModel):
    """The chunks found, nearest first. There is only one page."""

    object: Literal["vector_store.search_results.page"]
    search_query: list[str]
    data: list[SearchResult]
    has_more: Literal[False]
    next_page: None
    # About the queries; left out if there are none.
    warnings: list[str] = Field(default_factory=list)


class FileCounts(ResponseModel):
    """The number of files by status."""

    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class VectorStoreExpiry(ResponseModel):
    """When a store expires: days after its last use."""

    anchor: Literal["last_active_at"]
    days: int


class VectorStore(Item):
    """OpenAI's vector store object. `expires_after` is left out if it never expires."""

    object: Literal["vector_store"]
    name: str  # "" if it has none
    description: str | None
    created_at: int  # that of the bucket or folder: of its first file; 0 if it has none
    last_active_at: int | None
    status: Literal["expired", "in_progress", "completed"]
    file_counts: FileCounts
    usage_bytes: int
    metadata: dict[str, str] | None
    expires_after: VectorStoreExpiry | None = None
    expires_at: int | None

    @model_serializer(mode="wrap")
    def _without_null(self, handler: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        """OpenAI's schema has no null in `expires_after`."""
        fields = handler(self)
        if self.expires_after is None:
            fields.pop("expires_after", None)
        return fields


class VectorStoreList(ItemList[VectorStore]):
    """A page of vector stores, by their creation."""


class DeletedVectorStore(ResponseModel):
    """A vector store that is deleted. The files in it are not."""

    id: str
    object: Literal["vector_store.deleted"]
    deleted: Literal[True]


ErrorCode = Literal["server_error", "unsupported_file", "invalid_file"]


class LastError(ResponseModel):
    """Why a file failed."""

    code: ErrorCode
    message: str


class ChunkSizes(ResponseModel):
    """The sizes of chunks in tokens. The maximum includes special tokens."""

    max_chunk_size_tokens: int
    chunk_overlap_tokens: int


class ChunkingStrategy(ResponseModel):
    """How documents are split into chunks."""

    type: Literal["static"]
    static: ChunkSizes


class VectorStoreFile(Item):
    """OpenAI's vector store file object."""

    object: Literal["vector_store.file"]
    created_at: int
    vector_store_id: str
    status: Literal["in_progress", "completed", "failed", "cancelled"]
    last_error: LastError | None
    warnings: list[str]  # what was not read, guessed or replaced; a sentence each
    usage_bytes: int  # of the document, once it is completed
    attributes: dict[str, Attribute]  # the user's
    chunking_strategy: ChunkingStrategy
    filename: str
    source: str
    content_type: str | None
    chunks: int
    tokens: int
    updated_at: int


class VectorStoreFileList(ItemList[VectorStoreFile]):
    """A page of files, by the time when they came into the store."""


class DeletedVectorStoreFile(ResponseModel):
    """A file that is taken out of a vector store. The file itself is still there."""

    id: str
    object: Literal["vector_store.file.deleted"]
    deleted: Literal[True]


class FileContent(ResponseModel):
    """Text that was read of a file."""

    type: Literal["text"]
    text: str


class VectorStoreFileContent(ResponseModel):
    """A page of the text that was read of a file."""

    object: Literal["vector_store.file_content.page"]
    data: list[FileContent]
    has_more: bool
    next_page: str | None  # what `page` of the request for the rest must be


class VectorStoreFileBatch(ResponseModel):
    """OpenAI's file batch object."""

    id: str
    object: Literal["vector_store.files_batch"]
    created_at: int
    vector_store_id: str
    status: Literal["in_progress", "completed", "cancelled", "failed"]
    file_counts: FileCounts

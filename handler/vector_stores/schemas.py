"""The answers of the vector store routes: the models make them, and /openapi.json documents them.

`search_request` and `pagination` have what the routes accept.
"""

from __future__ import annotations

from typing import Literal

from handler.objects.lists import Item, ItemList, ResponseModel
from handler.stores.attributes import Attribute

__all__ = [
    "SearchResults",
    "VectorStore",
    "VectorStoreFile",
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
    attributes: dict[str, Attribute]  # all that filters take, the user's own among them
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
    warnings: list[str] = []  # about the queries; left out if there are none


class FileCounts(ResponseModel):
    """The number of files by status."""

    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class VectorStore(Item):
    """OpenAI's vector store object."""

    object: Literal["vector_store"]
    name: str
    created_at: int  # of its first file; 0 if it has none
    last_active_at: int | None
    status: Literal["in_progress", "completed"]
    file_counts: FileCounts
    usage_bytes: int
    metadata: dict[str, str]
    expires_after: None
    expires_at: None
    counts_are_complete: bool  # false: counts, bytes and times are those of the first 10,000 files


class VectorStoreList(ItemList[VectorStore]):
    """The list of vector stores: one."""


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
    status: Literal["in_progress", "completed", "failed"]
    last_error: LastError | None
    warnings: list[str]  # what was not read, guessed or replaced; a sentence each
    usage_bytes: int  # of the document
    attributes: dict[str, Attribute]  # the user's
    chunking_strategy: ChunkingStrategy
    filename: str
    source: str
    content_type: str | None
    chunks: int
    tokens: int
    updated_at: int


class VectorStoreFileList(ItemList[VectorStoreFile]):
    """A page of files, in the order of their ids."""

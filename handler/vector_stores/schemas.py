"""What the vector store routes answer. (What they accept: `search_request`, `pagination`.)"""

from __future__ import annotations

from typing import Generic, Literal, Self, TypeVar

from pydantic import BaseModel

from handler.stores.attributes import Attribute

__all__ = [
    "SearchResults",
    "VectorStore",
    "VectorStoreFile",
    "VectorStoreFileList",
    "VectorStoreList",
]


class SearchContent(BaseModel):
    """The text of a passage."""

    type: Literal["text"]
    text: str


class SearchResult(BaseModel):
    """A passage, and where it is: offsets are in characters of the document's text."""

    file_id: str
    filename: str
    score: float  # cosine; 0 if it is less
    attributes: dict[str, Attribute]  # those that filters take
    content: list[SearchContent]
    source: str | None
    chunk: int | None  # its number in the document, from 0
    start: int | None
    end: int | None
    page: int | None  # from 1; null if the format has no pages
    heading: str | None


class SearchResults(BaseModel):
    """The passages found, nearest first. There is one page of them."""

    object: Literal["vector_store.search_results.page"]
    search_query: list[str]
    data: list[SearchResult]
    has_more: Literal[False]
    next_page: None


class FileCounts(BaseModel):
    """How many files there are of each status."""

    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class Item(BaseModel):
    """What a list has."""

    id: str


AnyItem = TypeVar("AnyItem", bound=Item)


class ItemList(BaseModel, Generic[AnyItem]):
    """OpenAI's list, with the ids to ask for the pages beside it."""

    object: Literal["list"]
    data: list[AnyItem]
    first_id: str | None
    last_id: str | None
    has_more: bool

    @classmethod
    def of(cls, items: list[AnyItem], *, has_more: bool) -> Self:
        """The list of these items."""
        return cls(
            object="list",
            data=items,
            first_id=items[0].id if items else None,
            last_id=items[-1].id if items else None,
            has_more=has_more,
        )


class VectorStore(Item):
    """OpenAI's vector store object."""

    object: Literal["vector_store"]
    name: str
    created_at: int  # when the first of its files was; 0 if it has none
    last_active_at: int | None
    status: Literal["in_progress", "completed"]
    file_counts: FileCounts
    usage_bytes: int
    metadata: dict[str, str]
    expires_after: None
    expires_at: None
    counts_are_complete: bool  # false: of the first 10,000 files only, as are bytes and times


class VectorStoreList(ItemList[VectorStore]):
    """The vector stores there are."""


class LastError(BaseModel):
    """Why a file failed."""

    code: Literal["server_error", "unsupported_file", "invalid_file"]
    message: str


class ChunkSizes(BaseModel):
    """In tokens; the first counts specials."""

    max_chunk_size_tokens: int
    chunk_overlap_tokens: int


class ChunkingStrategy(BaseModel):
    """How documents are split."""

    type: Literal["static"]
    static: ChunkSizes


class VectorStoreFile(Item):
    """OpenAI's vector store file object."""

    object: Literal["vector_store.file"]
    created_at: int
    vector_store_id: str
    status: Literal["in_progress", "completed", "failed"]
    last_error: LastError | None
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

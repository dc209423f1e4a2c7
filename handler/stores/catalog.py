"""The contract of the catalog: OpenAI's files, vector stores, file batches and uploads.

The catalog says what there is to be; ledgers say what was done about it. Each backend implements
it, and one suite tests them all (tests/handler/stores/test_catalog.py). Times are in seconds since
1970. Ids are `ids.new_id`'s, so their order is that of creation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar

import orjson

from handler.stores.counts import Counts
from handler.stores.row_values import checked, read_object

UploadStatus = Literal["pending", "completed", "cancelled", "expired"]


@dataclass(frozen=True, kw_only=True)
class CatalogItem:
    """What all kinds of items share."""

    kind: ClassVar[str]
    prefix: ClassVar[str]  # of ids

    id: str
    created: float
    revision: int = 0  # of its last write; 0: not written yet

    def to_json(self) -> bytes:
        """The item as catalogs keep it, without its revision and its counts."""
        values = asdict(self)
        return orjson.dumps({name: values[name] for name in values if name not in BESIDE})

    @classmethod
    def from_json(cls, text: str, *, revision: int, counts: Counts | None = None) -> Self:
        """The item that a catalog kept. Ignores fields that a newer version may have written.

        Raises MalformedRow if it is damaged.
        """
        kinds = {one.name: str(one.type) for one in fields(cls) if one.name not in BESIDE}
        values: dict[str, Any] = checked(read_object(text), kinds, required=("id", "created"))
        if counts is not None:
            values["counts"] = counts
        return cls(**values, revision=revision)


BESIDE = ("revision", "counts")  # which catalogs keep in columns of their own


@dataclass(frozen=True, kw_only=True)
class StoredFile(CatalogItem):
    """An uploaded file. Its bytes are in the blob `blob_of(id)`."""

    kind: ClassVar[str] = "file"
    prefix: ClassVar[str] = "file-"

    filename: str  # without folders
    purpose: str
    size: int  # bytes
    sha256: str  # of the bytes, in hexadecimal
    content_type: str | None = None
    expires: float | None = None

    def is_expired(self, now: float) -> bool:
        """Whether its time is over; it then counts as deleted."""
        return self.expires is not None and self.expires <= now


@dataclass(frozen=True, kw_only=True)
class VectorStoreItem(CatalogItem):
    """A vector store that was made through the API, or the one of the bucket or folder."""

    kind: ClassVar[str] = "vector_store"
    prefix: ClassVar[str] = "vs_"

    name: str = ""
    description: str | None = None
    metadata: Mapping[str, str] | None = None
    expires_after_days: int | None = None
    last_active: float = 0.0
    fingerprint: str = ""  # of the model whose vectors it holds
    expired: bool = False  # its files were taken out of it when its time was over
    deleted: bool = False  # pages leave it out; its vectors are being deleted
    counts: Counts = field(default_factory=Counts)  # read only: ledgers write them

    @property
    def expires(self) -> float | None:
        """When it expires, unless it is used before."""
        days = self.expires_after_days
        return None if days is None else self.last_active + 86_400 * days

    def is_expired(self, now: float) -> bool:
        """Whether its time is over, or was when its files were taken out."""
        return self.expired or (self.expires is not None and self.expires <= now)


@dataclass(frozen=True, kw_only=True)
class FileBatch(CatalogItem):
    """Files that were attached to a vector store by one request."""

    kind: ClassVar[str] = "file_batch"
    prefix: ClassVar[str] = "vsfb_"

    vector_store_id: str
    file_ids: Sequence[str]  # distinct
    cancelled: bool = False
    counts: Counts = field(default_factory=Counts)  # read only; of files that are settled

    @property
    def all_counts(self) -> Counts:
        """The counts, with all files that are not settled as in progress."""
        return self.counts + Counts(in_progress=len(self.file_ids) - self.counts.total)


@dataclass(frozen=True, kw_only=True)
class Upload(CatalogItem):
    """A file that is uploaded in parts, or by a presigned PUT."""

    kind: ClassVar[str] = "upload"
    prefix: ClassVar[str] = "upload_"

    filename: str
    purpose: str
    size: int  # bytes, as announced
    content_type: str
    expires: float
    file_seconds: int | None = None  # from its creation until the file expires
    status: UploadStatus = "pending"
    file_id: str | None = None  # once completed, or while it is being completed
    part_ids: Sequence[str] = ()  # with which it was completed


@dataclass(frozen=True, kw_only=True)
class UploadPart(CatalogItem):
    """A part of an upload. Its bytes are in the blob `blob_of_part(upload_id, id)`."""

    kind: ClassVar[str] = "upload_part"
    prefix: ClassVar[str] = "part_"

    upload_id: str
    size: int


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey(CatalogItem):
    """What a request with an `Idempotency-Key` made. Its id is a hash of caller and key."""

    kind: ClassVar[str] = "idempotency_key"
    prefix: ClassVar[str] = ""

    request: str  # a hash of the request
    made: str  # the id of what it makes; noted before it is made


KINDS: tuple[type[CatalogItem], ...] = (
    StoredFile,
    VectorStoreItem,
    FileBatch,
    Upload,
    UploadPart,
    IdempotencyKey,
)
Item = TypeVar("Item", bound=CatalogItem)


def blob_of(file_id: str) -> str:
    """The blob of a file's bytes."""
    return f"files/{file_id}"


def blob_of_part(upload_id: str, part_id: str) -> str:
    """The blob of a part's bytes."""
    return f"{parts_of(upload_id)}{part_id}"


def whole_of(upload_id: str) -> str:
    """The blob of an upload that is sent by a presigned PUT."""
    return f"{parts_of(upload_id)}whole"


def parts_of(upload_id: str) -> str:
    """What the keys of all blobs of an upload begin with, but for the file that it becomes."""
    return f"parts/{upload_id}/"


class Catalog(Protocol):
    """Items by kind and id, written by compare-and-set. Thread-safe.

    Every method raises ServiceUnavailable as a ledger's do, and UnusableStore for a damaged item.
    Reads see every earlier write.
    """

    def get(self, kind: type[Item], item_id: str, *, deadline: float | None = None) -> Item | None:
        """The item with this id, if there is one."""

    def get_all(
        self, kind: type[Item], item_ids: Sequence[str], *, deadline: float | None = None
    ) -> dict[str, Item]:
        """Those of the items that there are, by id."""

    def put(self, item: Item, *, deadline: float | None = None) -> Item:
        """Write `item` if the catalog still has its revision (0: if it has no such item).

        Returns the item with its new revision. `counts` are not written. Raises StoreConflict, and
        writes nothing, if another writer has written or deleted the item meanwhile.
        """

    def delete(self, item: CatalogItem, *, deadline: float | None = None) -> None:
        """Delete the item, whatever its revision. One that is gone is no error."""

    def page(
        self,
        kind: type[Item],
        *,
        limit: int,
        after: str | None = None,
        descending: bool = False,
        deadline: float | None = None,
    ) -> list[Item]:
        """At most `limit` items, in the order of their ids, starting after the id `after`.

        There need be no item with this id. Leaves out deleted vector stores, and the one of the
        bucket or folder.
        """

    def deleted_stores(self, *, deadline: float | None = None) -> list[VectorStoreItem]:
        """The vector stores that are marked as deleted, and still there."""

    def stores_with(self, file_id: str, *, deadline: float | None = None) -> list[str]:
        """The ids of the vector stores whose ledgers have a row of this document."""

"""A small vector store of known documents, filled through the contract, as ingestion does."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from handler.settings import SqliteAddress
from handler.stores import open_store
from handler.stores.attributes import Attribute
from handler.stores.contract import Record, Store
from handler.stores.counts import Status
from handler.stores.row import Row
from model_layer import Encoder


@dataclass(frozen=True)
class Ingested:
    """A document, and what the store holds of it."""

    name: str
    chunks: tuple[str, ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)
    status: Status = "completed"
    error_code: str | None = None
    error: str | None = None

    @property
    def id(self) -> str:
        return f"file-{self.name.partition('.')[0]}"


PASSWORDS = Ingested(
    "passwords.md",
    ("To reset your password, open the account page.", "Keep your password secret."),
    {"team": "support", "level": 1, "public": True},
)
TRAINS = Ingested(
    "trains.txt",
    ("The train to Basel leaves at nine.", "Trains are cleaned at night."),
    {"team": "travel", "level": 2, "public": False},
)
CATS = Ingested("cats.pdf", ("A cat sleeps most of the day.",), {"team": "travel", "level": 3})
BROKEN = Ingested(
    "broken.pdf", status="failed", error_code="invalid_file", error="The PDF has no pages."
)
LATE = Ingested("late.txt", status="in_progress")
LIBRARY = (PASSWORDS, TRAINS, CATS, BROKEN, LATE)


def fill(path: Path, encoder: Encoder) -> Store:
    """A store at `path` with all of LIBRARY in it."""
    store = open_store(SqliteAddress(str(path)), fingerprint=encoder.bundle.fingerprint)
    for number, document in enumerate(LIBRARY):
        source = f"s3://library/shelf/{document.name}"
        vectors = encoder.encode(document.chunks).vectors
        store.index.upsert(
            [
                Record(
                    f"{document.id}#{chunk}",
                    vector,
                    {
                        **document.attributes,
                        "text": text,
                        "start": 100 * chunk,
                        "end": 100 * chunk + len(text),
                        "etag": "e",
                        "version": "v",
                        "fingerprint": encoder.bundle.fingerprint,
                        "source": source,
                        "filename": document.name,
                        "content_type": "text/plain",
                        "modified": 1_700_000_000 + number,
                        **({"page": chunk + 1} if document.name.endswith("pdf") else {}),
                        **({"heading": "Account"} if document.name.endswith("md") else {}),
                    },
                )
                for chunk, (text, vector) in enumerate(zip(document.chunks, vectors, strict=True))
            ]
        )
        store.ledger.put(
            Row(
                document.id,
                source,
                status=document.status,
                error_code=document.error_code,
                error=document.error,
                current="" if document.status == "completed" else None,
                size=10 * (number + 1),
                content_type="text/plain",
                attributes=document.attributes,
                chunks=len(document.chunks),
                written=len(document.chunks),
                tokens=9 * len(document.chunks),
                created=1_700_000_000.5 + number,
                updated=1_700_000_100.5 + number,
            )
        )
    return store

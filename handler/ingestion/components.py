"""The collaborators of every attempt."""

from __future__ import annotations

from dataclasses import dataclass

from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.leases import Clock
from handler.ingestion.owners import Owners
from handler.ingestion.sources.contract import SourceReader
from handler.stores.contract import Store


@dataclass(frozen=True)
class Components:
    """Where an attempt reads, what it reads with, and where it writes."""

    sources: SourceReader
    store: Store
    encoder: DocumentEncoder
    clock: Clock
    owners: Owners
    min_write_bytes: int  # of records that are written at a time, as long as there are more

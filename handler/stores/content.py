"""A document's text, put together from its chunks. (Replaced by the one of branch ingestion.)"""

from __future__ import annotations
from collections.abc import Iterator
from handler.stores.contract import Store
from handler.stores.record_key import RecordKey
from handler.stores.row import Row


def text_of(store: Store, row: Row, *, deadline: float | None = None) -> Iterator[str]:
    for chunk in range(row.chunks):
        for record in store.index.read([str(RecordKey(row.document_id, row.current or "", chunk))]):
            yield str(record.metadata["text"]) + "\n"

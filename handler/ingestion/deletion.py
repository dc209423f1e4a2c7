"""The deletion of generations that a document's row still has, and that no search finds."""

from __future__ import annotations

from collections.abc import Iterable

from handler.ingestion.leases import Lease
from handler.stores.contract import VectorIndex
from handler.stores.record_key import RecordKey

# Vectors that are deleted under one lease. S3 Vectors deletes 2,500 a second of an index, at most.
MAX_DELETED = 5_000


def delete_generations(lease: Lease, index: VectorIndex, generations: Iterable[str]) -> None:
    """Delete the vectors of earlier generations of the lease's row, the last ones of each first.

    Each lease is acquired by a write of the row, so the row no longer has them as current.
    """
    for generation in list(generations):
        while chunks := lease.row.earlier[generation]:
            lease.check_time()
            lease.acquire()
            first = max(0, chunks - MAX_DELETED)
            keys = [
                str(RecordKey(lease.document_id, generation, chunk))
                for chunk in range(first, chunks)
            ]
            index.delete(keys, deadline=lease.write_deadline)
            lease.change(earlier={**lease.row.earlier, generation: first})
        kept = {name: left for name, left in lease.row.earlier.items() if name != generation}
        lease.change(earlier=kept)

"""The sweep: what is due is done, and what was left unfinished is sent again.

It goes through all there is, a page at a time. When its time is up it sends itself on, with the
place where it stopped.
"""

from __future__ import annotations

from handler.ingestion.leases import Clock
from handler.ingestion.sweep.blobs import sweep_blobs
from handler.ingestion.sweep.items import (
    sweep_batches,
    sweep_files,
    sweep_keys,
    sweep_parts,
    sweep_uploads,
)
from handler.ingestion.sweep.steps import Site, Step, Swept
from handler.ingestion.sweep.stores import sweep_deleted_stores, sweep_stores
from handler.stores.contract import Storage
from handler.stores.tasks import Sweep

STEPS: dict[str, Step] = {
    "deleted": sweep_deleted_stores,
    "stores": sweep_stores,
    "files": sweep_files,
    "uploads": sweep_uploads,
    "parts": sweep_parts,
    "batches": sweep_batches,
    "keys": sweep_keys,
    "blobs": sweep_blobs,
}


def sweep(storage: Storage, task: Sweep, *, clock: Clock, deadline: float | None) -> Swept:
    """Do what is due, from the task's place on. Raises what the storage raises.

    deadline: a time of the clock's `monotonic`.
    """
    site = Site(storage, clock.now())
    first, _, after = task.at.partition(":")
    names = list(STEPS)
    done = Swept()
    for name in names[names.index(first) if first in STEPS else 0 :]:
        for place, swept in STEPS[name](site, after):
            done += swept
            if deadline is not None and clock.monotonic() > deadline:
                storage.tasks.send([Sweep(f"{name}:{place}")])
                return done
        after = ""
    return done

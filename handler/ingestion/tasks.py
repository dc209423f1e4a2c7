"""Does what tasks say: files of vector stores, stores that are deleted, and the sweep.

A task may come twice, and late. Knows no queue: the caller takes a task from one, and says how
often it was tried.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handler.errors import DocumentUnfinished, StoreGone, TryLater
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.leases import Clock, SystemClock
from handler.ingestion.outcome import Outcome
from handler.ingestion.owners import Invocations, Owners, Processes
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.planning import is_withdrawn
from handler.ingestion.sources.uploads import UploadReader
from handler.ingestion.sweep import sweep
from handler.ingestion.sweep.steps import Swept
from handler.ingestion.write_batch import MIN_WRITE_BYTES
from handler.settings import STORE_FORMS, Settings
from handler.stores import open_storage
from handler.stores.catalog import VectorStoreItem
from handler.stores.contract import Storage
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile, RemoveStore, Sweep, Task

log = logging.getLogger(__name__)

# After so many tries, a file that meets a bug has failed.
MAX_TRIES = 5
SWEEP_SECONDS = 60.0  # then other tasks have their turn, and it goes on as another task
SWEEP_MARGIN_SECONDS = 10.0  # for the piece of work that was begun before its time was up
BUG = (
    "The file could not be processed because of a server error, which is in the server's log. "
    "Attach the file again to retry."
)
OTHER_MODEL = (
    "The vector store holds vectors of another model than the server's. Attach the file to a new "
    "vector store."
)

Result = Outcome | Swept | Exception


@dataclass(frozen=True)
class GivenTask:
    """A task, and how often it was given to somebody, this time included."""

    task: Task
    tries: int = 1


class TaskRunner:
    """Does the tasks of one storage. Thread-safe."""

    def __init__(
        self,
        storage: Storage,
        encoder: DocumentEncoder,
        *,
        clock: Clock | None = None,
        owners: Owners | None = None,
        min_write_bytes: int = MIN_WRITE_BYTES,
    ) -> None:
        """owners, min_write_bytes: as `Pipeline`'s."""
        self._storage, self._encoder = storage, encoder
        self._clock, self._owners = clock or SystemClock(), owners or Invocations()
        self._min_write_bytes = min_write_bytes
        self._files = UploadReader(storage.catalog, storage.blobs, self._clock.now)

    def run(self, given: GivenTask, *, deadline: float | None = None) -> Outcome | Swept:
        """Do one task. Raises TryLater if another try may succeed."""
        (result,) = self.run_all([given], deadline=deadline)
        if isinstance(result, Exception):
            raise result
        return result

    def run_all(self, given: Sequence[GivenTask], *, deadline: float | None = None) -> list[Result]:
        """Do several tasks; the files of one store share writes.

        deadline: a time of the clock's `monotonic`. Returns what each gave, or raised, in order.
        """
        results: dict[int, Result] = {}
        files: dict[str, list[int]] = {}  # places in `given`, by store
        for place, one in enumerate(given):
            if isinstance(one.task, ReconcileFile):
                files.setdefault(one.task.vector_store_id, []).append(place)
        for store_id, places in files.items():
            tasks = [given[place].task for place in places]
            ids = [task.file_id for task in tasks if isinstance(task, ReconcileFile)]
            done = self._reconcile(store_id, ids, deadline)
            results |= dict(zip(places, done, strict=True))
        for place, one in enumerate(given):
            result = results.get(place) or self._guarded(one.task, deadline)
            results[place] = self._given_up(one, result) or result
        return [results[place] for place in range(len(given))]

    def _guarded(self, task: Task, deadline: float | None) -> Result:
        try:
            if isinstance(task, RemoveStore):
                return self._remove_store(task.vector_store_id, deadline)
            assert isinstance(task, Sweep)
            until = self._clock.monotonic() + SWEEP_SECONDS
            if deadline is not None:
                until = min(until, deadline - SWEEP_MARGIN_SECONDS)
            return sweep(self._storage, task, clock=self._clock, deadline=until)
        except Exception as error:
            return error

    def _reconcile(
        self, store_id: str, file_ids: Sequence[str], deadline: float | None
    ) -> list[Outcome | Exception]:
        """Make a store agree with some files of it."""
        done: dict[int, Outcome | Exception] = {}
        try:
            item = self._storage.catalog.get(VectorStoreItem, store_id, deadline=deadline)
            rows: dict[str, Row] = {}
            if item is None and store_id != self._storage.source_store_id:
                # A worker may have made its index again, and ended before it knew.
                self._storage.drop_vectors(store_id, deadline=deadline)
            elif item and not item.deleted:
                ledger = self._storage.store(store_id).ledger
                rows = ledger.get_all(list(dict.fromkeys(file_ids)), deadline=deadline)
            # A bucket's documents come by its events.
            ours = [n for n, name in enumerate(file_ids) if _is_of_the_api(rows.get(name))]
            if item and item.fingerprint != self._encoder.fingerprint:
                done = {n: self._without_model(store_id, rows[file_ids[n]]) for n in ours}
                ours = [n for n in ours if _leaves(rows[file_ids[n]])]
            changes = [Change(rows[file_ids[n]].source) for n in ours]
            results = self._pipeline(store_id).reconcile_all(changes, deadline=deadline)
            done |= dict(zip(ours, results, strict=True))
        except Exception as error:
            return [error] * len(file_ids)
        return [done.get(n) or Outcome("absent", name) for n, name in enumerate(file_ids)]

    def _without_model(self, store_id: str, row: Row) -> Outcome:
        """What comes of a file in a store of another model: nothing is written there."""
        if row.status != "in_progress" or row.removed:
            return Outcome.of("accounted for", row)
        return Outcome.of("failed", self._fail(store_id, row, OTHER_MODEL))

    def _pipeline(self, store_id: str) -> Pipeline:
        return Pipeline(
            self._files,
            self._storage.store(store_id),
            self._encoder,
            clock=self._clock,
            owners=self._owners,
            min_write_bytes=self._min_write_bytes,
        )

    def _given_up(self, given: GivenTask, result: Result) -> Result | None:
        """What comes of a file that met a bug too often; None if this is not the case."""
        task = given.task
        if not isinstance(task, ReconcileFile) or given.tries < MAX_TRIES:
            return None
        if not isinstance(result, Exception) or isinstance(result, TryLater):
            return None
        log.error("%s could not be ingested", task.file_id, exc_info=result)
        try:
            row = self._storage.store(task.vector_store_id).ledger.get(task.file_id)
            if row is None or row.status != "in_progress" or row.requested is None:
                return Outcome("absent", task.file_id)
            failed = self._fail(task.vector_store_id, row, BUG)
            self._storage.tasks.send([task])  # deletes what was written of it
            return Outcome.of("failed", failed)
        except StoreGone:
            return Outcome("absent", task.file_id)
        except Exception as error:
            return error

    def _fail(self, store_id: str, row: Row, message: str) -> Row:
        """Write that a file has failed. Searches find nothing of it any more."""
        failed = replace(
            row,
            status="failed",
            error_code="server_error",
            error=message,
            current=None,
            owner=None,
            leased_until=0.0,
            updated=self._clock.now(),
        )
        return self._storage.store(store_id).ledger.put(failed)

    def _remove_store(self, store_id: str, deadline: float | None) -> Swept:
        """Delete all that is left of a deleted store; at last, its item."""
        storage = self._storage
        item = storage.catalog.get(VectorStoreItem, store_id, deadline=deadline)
        if item is None or not item.deleted:
            return Swept()
        while not storage.drop_rows(store_id, deadline=deadline):
            if deadline is not None and self._clock.monotonic() > deadline:
                raise DocumentUnfinished(f"Some rows of {store_id} are left.")
        storage.drop_vectors(store_id, deadline=deadline)
        storage.catalog.delete(item, deadline=deadline)
        return Swept(stores=1)


def _leaves(row: Row) -> bool:
    """Whether nothing is to be written of the file: what there is of it is deleted."""
    return row.removed > 0 or is_withdrawn(row)


def _is_of_the_api(row: Row | None) -> bool:
    return row is not None and row.requested is not None


def build_task_runner(settings: Settings, encoder: DocumentEncoder) -> TaskRunner:
    """What does the tasks of the stores that VECTOR_STORE names.

    Raises ValueError if it names none, ServiceUnavailable as `open_storage` does.
    """
    if settings.vector_store is None:
        raise ValueError(f"VECTOR_STORE is not set; it can be {STORE_FORMS}.")
    owners = Invocations() if settings.on_lambda else Processes()
    return TaskRunner(open_storage(settings.vector_store), encoder, owners=owners)

"""One history of the API: files are uploaded, attached, changed and removed, and everything fails.

When no task is left and the sweep has run, the stores hold what their rows and the catalog say.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from math import inf
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from handler.errors import TryLater
from handler.ingestion import leases, planning
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.tasks import GivenTask, TaskRunner
from handler.ingestion.write_batch import MIN_WRITE_BYTES
from handler.stores import ids
from handler.stores.attributes import Attribute
from handler.stores.catalog import FileBatch, StoredFile, VectorStoreItem
from handler.stores.contract import Storage
from handler.stores.removal import delete_file
from handler.stores.tasks import ReconcileFile, RemoveStore, Sweep, Task
from model_layer import Chunker
from tests.chaos.faults import Faults
from tests.chaos.faulty_storage import FaultyStorage
from tests.chaos.history import (
    BROKEN,
    EPOCHS,
    MAX_INVOCATIONS,
    SENTENCES,
    RememberingEncoder,
    _extract,
)
from tests.chaos.scheduler import Actor, Clock, Scheduler
from tests.handler.ingestion.uploads import Api

DAY = 86_400.0
SIZES: list[dict[str, Any]] = [
    {},
    {},
    {"chunk_tokens": 16, "chunk_overlap": 0},
    {"chunk_tokens": 20, "chunk_overlap": 5},
]
ATTRIBUTES: list[dict[str, Attribute]] = [{}, {"Team": "a"}, {"Team": "b", "n": 1.5, "x": True}]


@dataclass
class QueuedTask:
    """A task in the queue, invisible until `visible`."""

    task: Task
    visible: float


@dataclass
class UploadHistory:
    """A random history, repeatable by its seed."""

    seed: int
    storage: Storage
    encoder: RememberingEncoder
    chunker: Chunker
    queue: list[QueuedTask] = field(default_factory=list)
    stores: list[str] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)  # by file id
    batches: list[FileBatch] = field(default_factory=list)  # whose requests came to their end

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.clock = Clock(self.random)
        self.scheduler = Scheduler(self.random, self.clock)
        self.faults = Faults(self.random, self.clock, self.scheduler)
        self.encoder.clock = self.clock
        self.is_local = self.random.random() < 0.5
        self.owners: dict[str, Actor] = {}  # by their names
        self.loses_writes = False
        faulty: Any = FaultyStorage(self.storage, self.faults, self)
        workers: Any = FaultyStorage(self.storage, self.faults, self, of_workers=True)
        self.api = Api(faulty, self, self.encoder.bundle.fingerprint)
        self.runner = TaskRunner(
            workers,
            DocumentEncoder(self.encoder, self.chunker, _extract),  # type: ignore[arg-type]
            clock=self,
            owners=self,
            min_write_bytes=self.random.choice([1, 5_000, MIN_WRITE_BYTES]),
        )

    def run(self) -> None:
        """Run it. Raises if a task fails unexpectedly."""
        with ExitStack() as stack:
            stack.enter_context(patch.object(leases, "uniform", self.random.uniform))
            stack.enter_context(patch.object(planning, "new_generation", self._generation))
            stack.enter_context(
                patch.object(ids, "secrets", SimpleNamespace(choice=self.random.choice))
            )
            quiet = self.random.random() < 0.1
            for request in (make_store, upload, upload, upload):
                self.scheduler.start(self._request(request))
            for _ in range(EPOCHS):
                self._set_faults(0.0 if quiet else self.random.choice([0.01, 0.05, 0.15]))
                if not quiet and self.random.random() < 0.3:
                    self.faults.lost, self.loses_writes = self.random.choice([0.1, 0.5]), True
                for _ in range(self.random.randint(1, 15)):
                    self.scheduler.start(self._request(self.random.choice(REQUESTS)))
                    for _ in range(self.random.randint(0, 25)):
                        self._advance()
                    if not quiet and self.random.random() < 0.1:
                        self.clock.jump()
            self._come_to_rest()

    # --- the queue, and the clock and the owners of those who work

    def send(self, tasks: list[Task]) -> None:
        for task in tasks:
            for _ in range(1 + (self.random.random() < 0.1)):
                delay = self.random.choice([0, 0, 1, 10, 200])
                self.queue.append(QueuedTask(task, self.clock.time + delay))

    def now(self) -> float:
        return self.clock.now(self.scheduler.current.machine)

    def monotonic(self) -> float:
        return self.clock.time

    def sleep(self, seconds: float) -> None:
        until = self.clock.time + seconds
        while self.clock.time < until:
            self.scheduler.step()

    def name(self) -> str:
        name = f"owner-{len(self.owners)}"
        self.owners[name] = self.scheduler.current
        return name

    def is_gone(self, owner: str) -> bool:
        return self.is_local and self.owners[owner].is_done

    def _generation(self) -> str:
        return f"{self.random.getrandbits(64):016x}"

    # --- what happens

    def _advance(self) -> None:
        """Start an invocation, or let what runs do its next step."""
        visible = [one for one in self.queue if one.visible <= self.clock.time]
        start = self.scheduler.running < MAX_INVOCATIONS and self.random.random() < 0.4
        if visible and (start or not self.scheduler.running):
            count = min(len(visible), self.random.randint(1, 3))
            self._invoke(self.random.sample(visible, count))
        elif self.scheduler.running:
            self.scheduler.turn()
        else:
            self.clock.time += 5

    def _invoke(self, batch: list[QueuedTask]) -> None:
        timeout = self.random.choice([3, 30, 300])
        for one in batch:
            one.visible = self.clock.time + self.random.choice([6 * timeout, 1])

        def invoke() -> None:
            given = [GivenTask(one.task) for one in batch]
            results = self.runner.run_all(given, deadline=self.clock.time + timeout)
            for one, result in zip(batch, results, strict=True):
                if isinstance(result, Exception) and not isinstance(result, TryLater):
                    raise result
                if not isinstance(result, Exception) and one in self.queue:
                    self.queue.remove(one)

        self.scheduler.start(invoke)

    def _request(self, request: Callable[[UploadHistory], None]) -> Callable[[], None]:
        def act() -> None:
            with suppress(TryLater):  # the client is told so
                request(self)

        return act

    def _set_faults(self, rate: float) -> None:
        self.faults.unavailable, self.faults.crash, self.faults.lost = rate, rate / 2, 0.0

    def _come_to_rest(self) -> None:
        """Do all that is sent, and what the sweep finds, until nothing is left."""
        self._set_faults(0.0)
        for _ in range(3):
            while self.queue or self.scheduler.running:
                self._advance()
            self.faults.arrive(until=inf)
            # All that has a time is over by then, on every machine.
            self.clock.time += 5 * DAY
            self.queue.append(QueuedTask(Sweep(), self.clock.time))
        while self.queue or self.scheduler.running:
            self._advance()


def _content(history: UploadHistory) -> bytes:
    if history.random.random() < 0.15:
        return history.random.choice(BROKEN)
    sentences = history.random.choices(SENTENCES, k=history.random.randint(1, 14))
    return " ".join(sentences).encode()


def make_store(history: UploadHistory) -> None:
    days = history.random.choice([None, None, None, 1])
    history.stores.append(history.api.new_store(expires_after_days=days))


def upload(history: UploadHistory) -> None:
    content = _content(history)
    expires = history.random.choice([None, None, None, None, 1_000.0, 5_000.0])
    file = history.api.upload(
        content, filename="a.txt", expires=expires and history.now() + expires
    )
    history.files.append(file)
    history.contents[file.id] = content


def _chosen(history: UploadHistory) -> tuple[str, StoredFile] | None:
    """A store, and a file, if there are any; as the API finds them."""
    if not history.stores or not history.files:
        return None
    store, file = history.random.choice(history.stores), history.random.choice(history.files)
    item = history.api.storage.catalog.get(VectorStoreItem, store)
    found = history.api.storage.catalog.get(StoredFile, file.id)
    if item is None or item.deleted or item.expired or found is None:
        return None
    return store, found


def attach(history: UploadHistory) -> None:
    if chosen := _chosen(history):
        attributes, sizes = history.random.choice(ATTRIBUTES), history.random.choice(SIZES)
        history.api.attach(*chosen, attributes, **sizes)


def attach_batch(history: UploadHistory) -> None:
    if chosen := _chosen(history):
        others = history.random.sample(history.files, min(3, len(history.files)))
        files = {file.id: file for file in (chosen[1], *others)}
        history.batches.append(history.api.batch(chosen[0], list(files.values())))


def _row(history: UploadHistory) -> Any:
    if not (chosen := _chosen(history)):
        return None
    row = history.api.storage.store(chosen[0]).ledger.get(chosen[1].id)
    return (chosen[0], row) if row and not row.removed else None


def change_attributes(history: UploadHistory) -> None:
    if found := _row(history):
        store, row = found
        status = "in_progress" if row.status == "completed" else row.status
        history.api.storage.store(store).ledger.put(
            replace(
                row,
                requested=history.random.choice(ATTRIBUTES),
                status=status,
                updated=history.now(),
            )
        )
        history.api.storage.tasks.send([ReconcileFile(store, row.document_id)])


def remove(history: UploadHistory) -> None:
    if found := _row(history):
        history.api.remove(found[0], found[1].document_id)


def delete(history: UploadHistory) -> None:
    if history.files:
        delete_file(history.api.storage, history.random.choice(history.files), now=history.now())


def cancel_batch(history: UploadHistory) -> None:
    if not history.batches:
        return
    batch = history.random.choice(history.batches)
    ledger = history.api.storage.store(batch.vector_store_id).ledger
    for file_id in batch.file_ids:
        row = ledger.get(file_id)
        if row and row.status == "in_progress" and batch.id in row.batches and not row.removed:
            ledger.put(replace(row, status="cancelled", updated=history.now()))
            history.api.storage.tasks.send([ReconcileFile(batch.vector_store_id, file_id)])


def delete_store(history: UploadHistory) -> None:
    if history.stores:
        store = history.random.choice(history.stores)
        item = history.api.storage.catalog.get(VectorStoreItem, store)
        if item is not None:
            history.api.storage.catalog.put(replace(item, deleted=True))
            history.api.storage.tasks.send([RemoveStore(store)])


def run_sweep(history: UploadHistory) -> None:
    history.api.storage.tasks.send([Sweep()])


REQUESTS = [
    *[make_store] * 2,
    *[upload] * 4,
    *[attach] * 6,
    *[attach_batch] * 2,
    *[change_attributes] * 3,
    *[remove] * 2,
    delete,
    cancel_batch,
    delete_store,
    run_sweep,
]

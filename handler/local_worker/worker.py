"""The local worker: takes tasks from the queue in the store's file, and does them.

Two threads do tasks, so that a large document does not hold up the others. One more looks after
them: it keeps what they have taken, sends the sweep, and ends them. Requests and documents share
one model, which takes their texts by turns.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from math import inf
from typing import Protocol, TypeVar

from handler.documents.sandbox import Sandbox
from handler.errors import ApiError, TryLater
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.outcome import Outcome
from handler.ingestion.owners import Owners, Processes
from handler.ingestion.sweep.steps import Swept
from handler.ingestion.task_log import log_done, log_failed
from handler.ingestion.tasks import GivenTask, TaskRunner
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.sqlite.tasks import TakenTask
from handler.stores.tasks import Sweep, Task

THREADS = 2
IDLE_SECONDS = 1.0  # between looks for tasks that other processes sent
TICK_SECONDS = 0.1  # between looks for the end, or for the file
RENEW_SECONDS = 30.0
SWEEP_SECONDS = 3_600.0
CLOSED_SECONDS = 1.5  # for tasks to notice the end
REST_SECONDS = 5.0  # after the storage could not be used
LONGEST_DELAY = 60.0  # before a task that failed is tried again

log = logging.getLogger(__name__)

T = TypeVar("T")
Open = Callable[[], SqliteStorage | None]


class Observer(Protocol):
    """Is told what comes of tasks, by the threads that do them."""

    def done(self, task: Task, done: Outcome | Swept, seconds: float) -> None:
        """A task is done."""

    def failed(self, task: Task) -> None:
        """A task could not be done, and is tried again."""


class Worker:
    """Does tasks from `start` to `close`."""

    def __init__(
        self,
        open_storage: Open,
        encoder: DocumentEncoder,
        sandbox: Sandbox,
        *,
        is_over: Callable[[], bool],
        owners: Owners | None = None,
        observer: Observer | None = None,
    ) -> None:
        """open_storage: the storage as it is now; None while there is none. Raises ApiError.

        is_over: becomes true once; then nothing is begun any more. The encoder asks the same
            function whether documents in work are to stop.
        """
        self._open, self._encoder, self._sandbox = open_storage, encoder, sandbox
        self._is_over, self._owners = is_over, owners or Processes()
        self._observer = observer
        self._taken: dict[str, tuple[SqliteStorage, TakenTask]] = {}  # by owner
        self._swept = -inf  # when it last sent a sweep, and renewed what is taken
        self._renewed = time.monotonic()
        self._said: str | None = None  # why the storage could not be used, last
        self._doing = [
            threading.Thread(target=self._work, name=f"tasks-{n}", daemon=True)
            for n in range(THREADS)
        ]
        self._watching = threading.Thread(target=self._watch, name="tasks", daemon=True)

    def start(self) -> None:
        """Begin to do tasks."""
        for thread in (*self._doing, self._watching):
            thread.start()

    def close(self, seconds: float = CLOSED_SECONDS) -> None:
        """Wait until what was begun has stopped, after `is_over` has become true."""
        until = time.monotonic() + seconds
        for thread in (self._watching, *self._doing):
            thread.join(max(0.0, until - time.monotonic()))

    # --- the threads that do tasks

    def _work(self) -> None:
        owner = self._owners.name()
        while not self._is_over():
            self._guarded(self._do_next_or_wait, owner)

    def _do_next_or_wait(self, owner: str) -> None:
        storage = self._open()
        if storage is None:
            time.sleep(TICK_SECONDS)
        elif not self._do_next(storage, owner):
            self._wait(storage)

    def _do_next(self, storage: SqliteStorage, owner: str) -> bool:
        """Do the task that has waited longest. False if there is none."""
        storage.tasks.sent.clear()
        taken = storage.tasks.take(owner)
        if taken is None:
            return False
        storage.tasks.sent.set()  # the other thread looks for one, too
        self._taken[owner] = (storage, taken)
        try:
            self._do(storage, taken)
        finally:
            del self._taken[owner]
        return True

    def _do(self, storage: SqliteStorage, taken: TakenTask) -> None:
        runner = TaskRunner(storage, self._encoder, owners=self._owners)
        began = time.perf_counter()
        try:
            done = runner.run(GivenTask(taken.task, taken.tries))
        except Exception as error:
            if not self._is_over():
                log_failed(taken.task, error)
                if self._observer:
                    self._observer.failed(taken.task)
            storage.tasks.put_off(taken, 0.0 if self._is_over() else _delay(taken.tries))
            return
        storage.tasks.done(taken)
        seconds = time.perf_counter() - began
        log_done(taken.task, done, seconds=seconds)
        if self._observer:
            self._observer.done(taken.task, done, seconds)

    def _wait(self, storage: SqliteStorage) -> None:
        """Wait until a task is sent, or is due."""
        due = storage.tasks.next_due()
        left = IDLE_SECONDS if due is None else min(IDLE_SECONDS, due - time.time())
        until = time.monotonic() + max(TICK_SECONDS, left)
        while not self._is_over() and (rest := until - time.monotonic()) > 0:
            if storage.tasks.sent.wait(min(TICK_SECONDS, rest)):
                return

    # --- the thread that looks after them

    def _watch(self) -> None:
        while not self._is_over():
            time.sleep(TICK_SECONDS)
            self._guarded(self._look_after, time.monotonic())
        self._sandbox.close()  # ends what is being read

    def _look_after(self, now: float) -> None:
        if now - self._renewed > RENEW_SECONDS:
            self._renewed = now
            for storage, taken in list(self._taken.values()):
                storage.tasks.renew(taken)
        if now - self._swept > SWEEP_SECONDS and (opened := self._open()):
            opened.tasks.give_back(self._owners.is_gone)
            opened.tasks.send([Sweep()])
            self._swept = now

    # --- what both do

    def _guarded(self, action: Callable[[T], None], value: T) -> None:
        """Do something that may fail: the thread goes on, after a rest."""
        try:
            action(value)
            self._said = None
        except Exception as error:
            self._say(error)
            until = time.monotonic() + REST_SECONDS
            while not self._is_over() and time.monotonic() < until:
                time.sleep(TICK_SECONDS)

    def _say(self, error: Exception) -> None:
        """Log why the storage cannot be used: once, until it can be, or there is another reason."""
        if str(error) == self._said:
            return
        self._said = str(error)
        if isinstance(error, ApiError | TryLater):
            log.warning("no task can be done at the moment: %s", error)
        else:
            log.error("no task can be done at the moment", exc_info=error)


def _delay(tries: int) -> float:
    """Seconds before a task that failed is tried again."""
    return min(LONGEST_DELAY, 0.5 * (1 << min(tries, 10)))

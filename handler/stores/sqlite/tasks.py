"""The queue of tasks in a SQLite file, with what takes them from it.

A task is in the queue once, however often it is sent, and one at a time takes it. One that is taken
comes back after a while, unless it is done: so whatever stops a worker, another goes on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from handler.stores.sqlite.file import Database
from handler.stores.tasks import Task, from_message, to_message

# What is sent again while somebody does it is done once more afterwards; see `done`.
SEND = """
INSERT INTO tasks (task, available) VALUES (?1, ?2)
ON CONFLICT (task) DO UPDATE SET
    available = CASE WHEN owner IS NULL THEN min(available, ?2) ELSE available END,
    tries = 0, sent = sent + 1
"""
TAKE = """
UPDATE tasks SET available = ?1, owner = ?2, tries = tries + 1 WHERE id = (
    SELECT id FROM tasks WHERE {due} ORDER BY available, id LIMIT 1
) RETURNING id, task, tries, sent
"""
# What nobody has, and is to wait for longer than anything is put off, was sent before the clock was
# set back. What somebody has is renewed by the new time.
DUE = "available <= ?3 OR (owner IS NULL AND available > ?1)"
LEASE_SECONDS = 120.0  # until a task that is neither done nor put off comes back
POLL_AFTER_MS = 200


@dataclass(frozen=True)
class TakenTask:
    """A task that no other worker takes for LEASE_SECONDS."""

    id: int
    task: Task
    tries: int  # with this one, since it was sent
    sent: int  # how often it had been sent when it was taken
    owner: str  # who has taken it


@dataclass(frozen=True)
class TaskCounts:
    """What there is to do."""

    waiting: int
    taken: int
    delay: float  # seconds for which the task that is due the longest has waited


class SqliteTasks:
    """See `tasks.Tasks`."""

    poll_after_ms = POLL_AFTER_MS

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database, self._now = database, now
        self.sent = threading.Event()  # set by each `send` of this process

    def send(self, tasks: Sequence[Task], *, deadline: float | None = None) -> None:
        if not tasks:
            return
        with self._database.transaction(deadline) as connection:
            connection.executemany(SEND, [(_text(task), self._now()) for task in tasks])
        self.sent.set()

    def take(self, owner: str = "somebody") -> TakenTask | None:
        """The task that has waited longest, if there is one to be done now.

        owner: differs from that of anybody else who takes tasks at the same time.
        """
        now = self._now()
        values = (now + LEASE_SECONDS, owner, now)
        if not self._database.read(f"SELECT ?2 FROM tasks WHERE {DUE} LIMIT 1", *values):
            return None
        with self._database.transaction() as connection:
            found = connection.execute(TAKE.format(due=DUE), values).fetchone()
        if found is None:
            return None
        return TakenTask(found[0], from_message(orjson.loads(found[1])), found[2], found[3], owner)

    def renew(self, taken: TakenTask) -> None:
        """Keep the task for another LEASE_SECONDS."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE tasks SET available = ? WHERE id = ? AND owner = ?",
                (self._now() + LEASE_SECONDS, taken.id, taken.owner),
            )

    def put_off(self, taken: TakenTask, seconds: float) -> None:
        """Let the task come back that much later; at once, if it was sent again meanwhile."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE tasks SET owner = NULL, "
                "available = CASE WHEN sent = ? THEN ? ELSE ? END WHERE id = ? AND owner = ?",
                (taken.sent, self._now() + seconds, self._now(), taken.id, taken.owner),
            )

    def done(self, taken: TakenTask) -> None:
        """Remove the task, unless it was sent again meanwhile: then it is to be done again."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM tasks WHERE id = ? AND owner = ? AND sent = ?",
                (taken.id, taken.owner, taken.sent),
            )
            connection.execute(
                "UPDATE tasks SET owner = NULL, available = ? WHERE id = ? AND owner = ?",
                (self._now(), taken.id, taken.owner),
            )

    def give_back(self, is_gone: Callable[[str], bool]) -> None:
        """Let the tasks of owners that are gone come back now. is_gone: asked for each owner."""
        owners = self._database.read("SELECT DISTINCT owner FROM tasks WHERE owner IS NOT NULL")
        gone = [owner for (owner,) in owners if is_gone(owner)]
        if gone:
            with self._database.transaction() as connection:
                connection.executemany(
                    "UPDATE tasks SET owner = NULL, available = ? WHERE owner = ?",
                    [(self._now(), owner) for owner in gone],
                )

    def next_due(self) -> float | None:
        """When the next task is to be done, in seconds since 1970; None if there is none."""
        ((due,),) = self._database.read("SELECT min(available) FROM tasks")
        return None if due is None else float(due)

    def count(self) -> TaskCounts:
        """How many tasks there are now."""
        ((total, waiting, due),) = self._database.read(
            "SELECT count(*), count(*) FILTER (WHERE owner IS NULL), "
            "min(available) FILTER (WHERE owner IS NULL) FROM tasks"
        )
        delay = 0.0 if due is None else max(0.0, self._now() - due)
        return TaskCounts(waiting=waiting, taken=total - waiting, delay=delay)


def _text(task: Task) -> str:
    return orjson.dumps(to_message(task), option=orjson.OPT_SORT_KEYS).decode()

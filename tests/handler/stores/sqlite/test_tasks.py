"""The queue of tasks in a file: each is done by one at a time, and until it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from handler.settings import SqliteAddress
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.sqlite.tasks import LEASE_SECONDS, SqliteTasks
from handler.stores.tasks import ReconcileFile, RemoveStore, Sweep
from tests.fake_clock import FakeClock

ONE, OTHER = ReconcileFile("vs_1", "file-1"), RemoveStore("vs_2")


@pytest.fixture
def tasks(tmp_path: Path, clock: FakeClock) -> SqliteTasks:
    storage = SqliteStorage(SqliteAddress(str(tmp_path / "documents.sqlite")))
    storage.tasks._now = clock.now
    return storage.tasks


def test_tasks_come_in_the_order_in_which_they_were_sent_each_once(
    tasks: SqliteTasks, clock: FakeClock
) -> None:
    tasks.send([ONE])
    clock.time += 1
    tasks.send([OTHER, ONE, Sweep(), Sweep("files:file-1")])
    taken = [tasks.take() for _ in range(5)]
    assert [one and one.task for one in taken] == [
        *(ONE, OTHER, Sweep(), Sweep("files:file-1"), None)
    ]


def test_a_task_that_is_not_done_comes_back_after_a_while(
    tasks: SqliteTasks, clock: FakeClock
) -> None:
    tasks.send([ONE])
    first = tasks.take("a")
    assert first is not None
    clock.time += LEASE_SECONDS - 1
    tasks.renew(first)
    clock.time += LEASE_SECONDS - 1
    assert tasks.take("b") is None
    clock.time += 2
    second = tasks.take("b")
    assert second is not None
    assert (second.task, second.tries) == (ONE, 2)
    # Whoever had it before can no longer say anything about it.
    tasks.done(first)
    tasks.put_off(first, 0)
    clock.time += LEASE_SECONDS + 1
    assert tasks.take("c") is not None


def test_a_task_that_is_put_off_comes_back_then(tasks: SqliteTasks, clock: FakeClock) -> None:
    tasks.send([ONE])
    taken = tasks.take()
    assert taken is not None
    tasks.put_off(taken, 30)
    assert tasks.next_due() == clock.time + 30
    clock.time += 29
    assert tasks.take() is None
    clock.time += 1
    taken = tasks.take()
    assert taken is not None
    assert taken.tries == 2
    tasks.done(taken)
    assert tasks.next_due() is None


def test_a_task_that_is_sent_while_it_is_done_is_done_once_more_and_not_at_once(
    tasks: SqliteTasks,
) -> None:
    tasks.send([ONE])
    taken = tasks.take("a")
    assert taken is not None
    tasks.send([ONE])
    assert tasks.take("b") is None  # two would wait for each other
    tasks.done(taken)
    again = tasks.take("b")
    assert again is not None
    assert (again.task, again.tries) == (ONE, 1)
    tasks.send([ONE])
    tasks.put_off(again, 1_000)
    assert tasks.take() is not None
    tasks.send([OTHER])
    last = tasks.take()
    assert last is not None
    tasks.done(last)
    assert tasks.take() is None


def test_tasks_of_owners_that_are_gone_come_back_now(tasks: SqliteTasks) -> None:
    tasks.send([ONE, OTHER])
    assert tasks.take("dead") is not None
    assert tasks.take("alive") is not None
    tasks.give_back(lambda owner: owner == "dead")
    back = tasks.take("new")
    assert back is not None
    assert back.task == ONE
    assert tasks.take("new") is None


def test_a_task_is_done_though_the_clock_was_set_back(tasks: SqliteTasks, clock: FakeClock) -> None:
    tasks.send([ONE])
    clock.time -= 86_400
    taken = tasks.take("a")
    assert taken is not None
    assert tasks.take("b") is None
    tasks.put_off(taken, 60)
    assert tasks.take("b") is None
    clock.time -= 86_400
    assert tasks.take("b") is not None
    tasks.send([OTHER])
    clock.time -= 86_400
    other = tasks.take("a")
    assert other is not None
    assert other.task == OTHER  # the first is still somebody's
    assert tasks.take("c") is None

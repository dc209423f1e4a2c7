"""The contract of the queue of tasks (handler/stores/tasks.py), on both backends."""

from __future__ import annotations

import json
from collections.abc import Callable

import boto3
import pytest

from handler.settings import S3VectorsAddress, StoreAddress
from handler.stores.contract import Storage
from handler.stores.sqlite.tasks import SqliteTasks
from handler.stores.tasks import (
    TASKS,
    ReconcileFile,
    RemoveStore,
    Sweep,
    Task,
    from_message,
    to_message,
)

ONE_OF_EACH: list[Task] = [ReconcileFile("vs_1", "file-1"), RemoveStore("vs_1"), Sweep()]
assert {type(task) for task in ONE_OF_EACH} == set(TASKS.values())


@pytest.fixture
def taken(storage: Storage, address: StoreAddress) -> Callable[[], list[Task]]:
    """Takes all tasks from the queue, as its worker does."""

    def from_sqs() -> list[Task]:
        assert isinstance(address, S3VectorsAddress)
        assert address.queue_url
        sqs, found = boto3.client("sqs"), []
        while messages := sqs.receive_message(
            QueueUrl=address.queue_url, MaxNumberOfMessages=10
        ).get("Messages"):
            found += [from_message(json.loads(one["Body"])) for one in messages]
        return found

    def from_file() -> list[Task]:
        assert isinstance(storage.tasks, SqliteTasks)
        found = []
        while one := storage.tasks.take():
            found.append(one.task)
        return found

    return from_sqs if isinstance(address, S3VectorsAddress) else from_file


def test_a_task_is_taken_as_it_was_sent(storage: Storage, taken: Callable[[], list[Task]]) -> None:
    storage.tasks.send(ONE_OF_EACH)
    assert sorted(map(repr, taken())) == sorted(map(repr, ONE_OF_EACH))
    assert taken() == []


def test_any_number_of_tasks_is_sent(storage: Storage, taken: Callable[[], list[Task]]) -> None:
    storage.tasks.send([])
    assert taken() == []
    tasks = [ReconcileFile("vs_1", f"file-{number}") for number in range(25)]
    storage.tasks.send(tasks)
    assert set(taken()) == set(tasks)


def test_a_client_is_told_to_come_back_after_a_while(storage: Storage) -> None:
    assert 0 < storage.tasks.poll_after_ms <= 10_000


@pytest.mark.parametrize("task", ONE_OF_EACH, ids=lambda task: task.name)
def test_a_message_is_read_as_the_task_that_it_was(task: Task) -> None:
    assert from_message(json.loads(json.dumps(to_message(task)))) == task


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {},
        {"task": "delete_everything"},
        {"task": ["sweep"]},
        {"task": "reconcile_file", "vector_store_id": "vs_1"},
        {"task": "reconcile_file", "vector_store_id": "vs_1", "file_id": 3},
        {"task": "reconcile_file", "vector_store_id": "vs_1", "file_id": ""},
        {"task": "reconcile_file", "vector_store_id": "vs_1", "file_id": "f" * 2_000},
        {"task": "remove_store", "vector_store_id": "vs_\u00e9"},
        {"task": "sweep", "now": "yes"},
    ],
    ids=ascii,
)
def test_what_is_no_task_is_refused(message: object) -> None:
    with pytest.raises(ValueError, match=r"task|is no id"):
        from_message(message)

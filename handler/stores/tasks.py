"""The contract of the queue of tasks, and what they are.

A task says where to look, and not what to do: the worker looks at what the catalog and the
ledger say by then. So a task may be sent twice, and done twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol

from handler.stores.ids import is_id


@dataclass(frozen=True)
class ReconcileFile:
    """Make a vector store agree with a file that was attached, changed or removed."""

    name: ClassVar[str] = "reconcile_file"

    vector_store_id: str
    file_id: str


@dataclass(frozen=True)
class RemoveStore:
    """Delete what is left of a vector store that is marked as deleted."""

    name: ClassVar[str] = "remove_store"

    vector_store_id: str


@dataclass(frozen=True)
class Sweep:
    """Do what is due: expire files, stores and uploads, and finish what was left unfinished."""

    name: ClassVar[str] = "sweep"

    at: str = ""  # where one that ran out of time stopped; "": the beginning


Task = ReconcileFile | RemoveStore | Sweep
TASKS: dict[str, type[ReconcileFile | RemoveStore | Sweep]] = {
    kind.name: kind for kind in (ReconcileFile, RemoveStore, Sweep)
}


def to_message(task: Task) -> dict[str, Any]:
    """The task as a queue's message has it."""
    return {"task": task.name, **asdict(task)}


def from_message(message: object) -> Task:
    """The task in a message. Raises ValueError if it is none."""
    if not isinstance(message, dict) or str(message.get("task")) not in TASKS:
        raise ValueError("The message is no task.")
    values = {name: value for name, value in message.items() if name != "task"}
    if not all(isinstance(value, str) for value in values.values()):
        raise ValueError("A task's values must be text.")
    if wrong := [name for name in values if name.endswith("_id") and not is_id(values[name])]:
        raise ValueError(f"{wrong[0]} is no id.")  # no table could be asked for it
    try:
        return TASKS[message["task"]](**values)
    except TypeError as error:
        raise ValueError(
            f"The task {message['task']} has other values: {sorted(values)}."
        ) from error


class Tasks(Protocol):
    """A durable queue. Thread-safe."""

    @property
    def poll_after_ms(self) -> int:
        """When a client should look again at what it has just sent."""

    def send(self, tasks: Sequence[Task], *, deadline: float | None = None) -> None:
        """Add tasks. Raises ServiceUnavailable; some may have been added then."""

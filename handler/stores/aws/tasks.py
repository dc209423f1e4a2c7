"""The queue of tasks in SQS: that of the ingest function."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from handler.aws import queue
from handler.aws.client import AwsClient
from handler.stores.tasks import Task, to_message

# The function's batching window, and most of a small file's time. See template.yaml.
POLL_AFTER_MS = 5_000


class SqsTasks:
    """See `tasks.Tasks`."""

    poll_after_ms = POLL_AFTER_MS

    def __init__(self, client: AwsClient, queue_url: str) -> None:
        self._client, self._queue_url = client, queue_url

    def send(self, tasks: Sequence[Task], *, deadline: float | None = None) -> None:
        bodies = [orjson.dumps(to_message(task)).decode() for task in tasks]
        queue.send_messages(self._client, self._queue_url, bodies, deadline=deadline)

"""Large documents get their turn before their deliveries are used up: a simulation of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest

from handler.ingest import RETRY_SOON_SECONDS
from tests.template.transformed import PARAMETERS, properties

BATCH_SIZE = properties("IngestFunctionDocuments")["BatchSize"]
MOST_DELIVERIES = properties("IngestQueue")["RedrivePolicy"]["maxReceiveCount"]
CONCURRENCY = PARAMETERS["IngestConcurrency"]["Default"]
TIMEOUT = PARAMETERS["IngestTimeout"]["Default"]


@dataclass
class Message:
    work: float  # seconds that its document still takes
    deliveries: int = 0
    visible: float = 0.0  # when it can be received


def deliver(messages: list[Message], random: Random) -> tuple[int, int]:
    """How many messages end in the dead letter queue, and the most deliveries of the others."""
    queue, dead, most = list(messages), 0, 0
    free = [0.0] * CONCURRENCY  # when each function is idle again
    while queue:
        now = min(free)
        free.remove(now)
        visible = [message for message in queue if message.visible <= now]
        batch = random.sample(visible, min(BATCH_SIZE, len(visible)))
        left = float(TIMEOUT)
        for message in batch:
            message.deliveries += 1
            if message.deliveries > MOST_DELIVERIES:
                dead += 1
                queue.remove(message)
                continue
            done = min(left, message.work)
            message.work, left = message.work - done, left - done
            if message.work <= 0:
                most = max(most, message.deliveries)
                queue.remove(message)
        end = now + max(TIMEOUT - left, 1)
        for message in batch:
            message.visible = end + RETRY_SOON_SECONDS
        free.append(end)
    return dead, most


@pytest.mark.parametrize(
    ("documents", "seconds"),
    [(500, TIMEOUT), (20, 3 * TIMEOUT), (200, TIMEOUT / 3), (1_000, TIMEOUT / 20)],
)
def test_every_document_gets_its_turn_before_it_is_dead(documents: int, seconds: float) -> None:
    for seed in range(5):
        messages = [Message(seconds) for _ in range(documents)]
        dead, _ = deliver(messages, Random(seed))
        assert dead == 0, f"seed {seed}"


def test_a_document_of_medium_size_takes_at_most_two_deliveries() -> None:
    _, most = deliver([Message(TIMEOUT / 20) for _ in range(1_000)], Random(0))
    assert most <= 2

"""Large documents get their turn before their deliveries are used up: the template, simulated."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest

from handler.ingest import RETRY_SOON_SECONDS
from tests.test_template import TEMPLATE

RESOURCES = TEMPLATE["Resources"]
MAPPING = RESOURCES["IngestFunction"]["Properties"]["Events"]["Documents"]["Properties"]
MOST = RESOURCES["IngestQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
CONCURRENCY = TEMPLATE["Parameters"]["IngestConcurrency"]["Default"]
TIMEOUT = TEMPLATE["Parameters"]["IngestTimeout"]["Default"]


@dataclass
class Message:
    work: float  # s that its document still takes
    deliveries: int = 0
    visible: float = 0.0  # when it can be received


def deliver(messages: list[Message], random: Random) -> tuple[int, int]:
    """How many end in the dead letter queue, and the most deliveries of those that do not."""
    queue, dead, most = list(messages), 0, 0
    free = [0.0] * CONCURRENCY  # when each function is
    while queue:
        now = min(free)
        free.remove(now)
        visible = [message for message in queue if message.visible <= now]
        batch = random.sample(visible, min(MAPPING["BatchSize"], len(visible)))
        left = float(TIMEOUT)
        for message in batch:
            message.deliveries += 1
            if message.deliveries > MOST:
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
def test_no_document_is_dead_before_its_turn(documents: int, seconds: float) -> None:
    for seed in range(5):
        messages = [Message(seconds) for _ in range(documents)]
        dead, _ = deliver(messages, Random(seed))
        assert dead == 0, f"seed {seed}"


def test_a_document_of_the_middle_size_takes_one_delivery_or_two() -> None:
    _, most = deliver([Message(TIMEOUT / 20) for _ in range(1_000)], Random(0))
    assert most <= 2

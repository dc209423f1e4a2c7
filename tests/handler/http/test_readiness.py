"""The model is tried once a second at most, and before the texts of other requests."""

from __future__ import annotations

import threading
from typing import Any

from handler.http.readiness import Readiness
from model_layer import CanaryResult, Encoder
from tests.fake_clock import FakeClock


class CountingEncoder:
    """Counts how often its canary is tried."""

    def __init__(self) -> None:
        self.tries = 0

    def try_canary(self) -> CanaryResult:
        self.tries += 1
        return CanaryResult(cosine=1.0, minimum_cosine=0.9)


def test_the_model_is_tried_once_a_second(clock: FakeClock) -> None:
    encoder: Any = CountingEncoder()
    readiness = Readiness(encoder, clock=clock.monotonic)
    assert readiness.fresh is None
    for _ in range(5):
        assert readiness.check().passed
    assert encoder.tries == 1
    clock.sleep(1.5)
    assert readiness.fresh is None
    assert readiness.check().passed
    assert encoder.tries == 2


def test_a_busy_encoder_tries_it_next(encoder: Encoder) -> None:
    """Its one run does not wait for the hundreds of texts before it."""
    done = threading.Event()
    texts = [f"{number} " + "word " * 250 for number in range(60)]

    def encode() -> None:
        encoder.encode(texts)
        done.set()

    busy = threading.Thread(target=encode)
    busy.start()
    assert Readiness(encoder).check().passed
    assert not done.is_set()
    busy.join()

"""Whether the model is right. It is tried at most once a second, so frequent checks cost little."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from model_layer import CanaryResult, Encoder

FRESH_SECONDS = 1.0


class Readiness:
    """The last result of the encoder's canary. Thread-safe."""

    def __init__(self, encoder: Encoder, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._encoder, self._clock = encoder, clock
        self._last: CanaryResult | None = None
        self._tried = 0.0
        self._mutex = threading.Lock()

    @property
    def fresh(self) -> CanaryResult | None:
        """The last result, if it is less than a second old."""
        return self._last if self._clock() - self._tried < FRESH_SECONDS else None

    def check(self) -> CanaryResult:
        """The last result, or a new one. Takes some 20 ms beside other work."""
        with self._mutex:
            result = self.fresh
            if result is None:
                result = self._last = self._encoder.try_canary()
                self._tried = self._clock()
            return result

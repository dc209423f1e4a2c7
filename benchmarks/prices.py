"""What requests cost on Lambda at list prices (us-east-1, November 2026), free tier left aside."""

from __future__ import annotations

import math

REQUEST = 0.20 / 1_000_000  # dollars
GB_SECOND = {"arm64": 0.0000133334, "x86": 0.0000166667}

FORMULA = (
    f"$ per request = {REQUEST * 1e6:.2f} / 1,000,000 + ms / 1,000 × MB / 1,024 × price, with ms "
    "the duration rounded up to a whole one, and the price of a GB-second: "
    + ", ".join(f"{price:.10f} on {name}" for name, price in GB_SECOND.items())
)


def dollars(ms: float, memory: int, architecture: str) -> float:
    """The price of one request of that duration, in a function of that many MB."""
    return REQUEST + math.ceil(ms) / 1_000 * memory / 1_024 * GB_SECOND[architecture]

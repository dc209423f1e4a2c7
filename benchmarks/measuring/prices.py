"""List prices (us-east-1, November 2026, no free tiers) and the cost of a request."""

from __future__ import annotations

import math

REQUEST = 0.20 / 1_000_000  # dollars
GB_SECOND = {"arm64": 0.0000133334, "x86": 0.0000166667}

FORMULA = (
    f"$ per request = {REQUEST * 1e6:.2f} / 1,000,000 + ms / 1,000 × MB / 1,024 × price. The ms "
    "are the duration rounded up to a whole number; the price of a GB-second is "
    + ", ".join(f"{price:.10f} on {name}" for name, price in GB_SECOND.items())
    + "."
)


def dollars(ms: float, memory: int, architecture: str) -> float:
    """The price of one request of this duration, in a function of this many MB."""
    return REQUEST + math.ceil(ms) / 1_000 * memory / 1_024 * GB_SECOND[architecture]


# Prices beside Lambda's, on demand (us-east-1, 2026), as third parties quote them: AWS's own pages
# could not be reached.
S3_GET = 0.40 / 1_000_000  # dollars a GET or HEAD
SQS_REQUEST = 0.40 / 1_000_000
DYNAMODB_WRITE = 0.625 / 1_000_000  # per KB, rounded up
DYNAMODB_READ = 0.125 / 1_000_000  # per 4 KB, rounded up, consistent
DYNAMODB_STORAGE = 0.25  # a GB and month
DYNAMODB_ITEM = 100  # bytes that storage adds to each item
VECTORS_PUT = 0.20  # a GB put into S3 Vectors
VECTORS_MIN_PUT = 131_072  # the least bytes that a put request is charged for
VECTORS_STORAGE = 0.06  # a GB and month
GB = 2**30  # bytes
HOSTED = 0.02 / 1_000_000  # a token of one of the cheaper hosted embedding models

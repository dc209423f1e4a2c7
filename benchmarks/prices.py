"""What requests and ingestion cost: list prices (us-east-1, November 2026), no free tiers."""

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


# What ingestion pays beside Lambda, on demand (us-east-1, 2026), as third parties quote it: AWS'
# pages were out of reach.
S3_GET = 0.40 / 1_000_000  # dollars a GET or HEAD
SQS_REQUEST = 0.40 / 1_000_000
DYNAMODB_WRITE = 0.625 / 1_000_000  # a KB begun
DYNAMODB_READ = 0.125 / 1_000_000  # 4 KB begun, consistent
DYNAMODB_STORAGE = 0.25  # a GB and month
DYNAMODB_ITEM = 100  # bytes that an item is stored with beside its own
VECTORS_PUT = 0.20  # a GB that is put into S3 Vectors …
VECTORS_MIN_PUT = 131_072  # … and bytes that a request counts as at least
VECTORS_STORAGE = 0.06  # a GB and month
GB = 2**30  # bytes
HOSTED = 0.02 / 1_000_000  # a token of a hosted embedding model of the cheaper sort


def ingestion(
    *,
    seconds: float,
    memory: int,
    architecture: str,
    invocations: float,
    documents: float,
    reads: float,
    writes: float,
    put_bytes: float,
) -> dict[str, float]:
    """The dollars that ingesting documents takes, by what they are paid for.

    seconds: of the function, all invocations. reads, writes: DynamoDB's units. put_bytes: those
    that S3 Vectors charges. An SQS message is sent by itself, and received and deleted with the
    others of its invocation; a document is asked for twice (HEAD), and read once (GET).
    """
    return {
        "Lambda, duration": seconds * memory / 1_024 * GB_SECOND[architecture],
        "Lambda, requests": invocations * REQUEST,
        "SQS": (documents + 2 * invocations) * SQS_REQUEST,
        "S3, HEAD and GET": 3 * documents * S3_GET,
        "DynamoDB": reads * DYNAMODB_READ + writes * DYNAMODB_WRITE,
        "S3 Vectors, PUT": put_bytes / GB * VECTORS_PUT,
    }

"""What a request and its answer may be, and whether an answer will fit before it is computed."""

from __future__ import annotations

MAX_INPUTS = 2_048  # OpenAI's, as are the next two
MAX_IDS = 8_192  # token ids in one input
MAX_IDS_IN_ALL = 300_000
DIMENSIONS = 384

# Lists of files, as OpenAI's clients ask for them: items in a page, orders, and what a file can be.
MAX_PAGE = 100
MAX_FILE_ID = 256  # characters that one is looked up by; 1,024 bytes, DynamoDB's limit of a key
ORDERS = ("asc", "desc")
FILE_STATUSES = ("in_progress", "completed", "failed", "cancelled")

# Lambda's for a synchronous invocation, each way (docs.aws.amazon.com, gettingstarted-limits). A
# request may be as large everywhere; an answer off Lambda has no limit.
MAX_BODY = 6_291_456
MAX_ANSWER = 6_291_456
# A load balancer's (docs.aws.amazon.com/elasticloadbalancing, "Lambda functions as targets").
MAX_ANSWER_ALB = 1_048_576
# An HTTP API gives up after 30 s, a REST API after 29, by default; Lambda may run on for longer.
GATEWAY_SECONDS = 29

# Bytes of a document. It is in memory whole, twice, beside its text and the model.
MAX_DOCUMENT = 52_428_800

# Bytes an answer needs beside its vectors: the rest of the body, the headers, the envelope.
ENVELOPE = 4_096
ROW = 75  # {"object":"embedding","index":2047,"embedding":[]}, and a \ before each quote
# Measured over rows of unit length: 12.3 characters a number (shortest exact float32, comma
# included), 13.4 as Python writes JSON, 7.3 after gzip and base64.
NUMBER, NUMBER_SPACED, NUMBER_GZIPPED = 12.5, 13.6, 7.5


def answer_bytes(
    inputs: int, dimensions: int, *, base64: bool, gzipped: bool = False, spaced: bool = False
) -> int:
    """About how many bytes an answer takes of Lambda's limit; rather a percent more than less.

    gzipped: compressed, and base64 in the envelope. spaced: as a direct invocation is written.
    """
    if base64:
        row = ROW + 4 * ((4 * dimensions + 2) // 3)
    else:
        row = ROW + round(
            dimensions * (NUMBER_GZIPPED if gzipped else NUMBER_SPACED if spaced else NUMBER)
        )
    return ENVELOPE + inputs * row

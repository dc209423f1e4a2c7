"""Estimate the size of an answer before it is computed. Does not refuse any."""

from __future__ import annotations

# Bytes. What an answer has beside its vectors: the rest of the body, the headers, the envelope.
ENVELOPE = 4_096
ROW = 75  # {"object":"embedding","index":2047,"embedding":[]}, and a \ before each quote
# Bytes a number. Measured with vectors of unit length: 12.3 for the shortest exact float32 and a
# comma, 13.4 as Python writes JSON, 7.3 after gzip and base64.
NUMBER, NUMBER_SPACED, NUMBER_GZIPPED = 12.5, 13.6, 7.5


def answer_bytes(
    inputs: int, dimensions: int, *, base64: bool, gzipped: bool = False, spaced: bool = False
) -> int:
    """About how many bytes of Lambda's limit an answer takes; a percent too many, not too few.

    gzipped: compressed, then base64 in the envelope. spaced: the JSON of a direct invocation.
    """
    if base64:
        row = ROW + 4 * ((4 * dimensions + 2) // 3)
    else:
        row = ROW + round(
            dimensions * (NUMBER_GZIPPED if gzipped else NUMBER_SPACED if spaced else NUMBER)
        )
    return ENVELOPE + inputs * row

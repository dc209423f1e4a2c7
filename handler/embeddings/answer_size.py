"""Whether an answer will fit, known before it is computed."""

from __future__ import annotations

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

"""Estimate the size of an answer before it is computed. Does not refuse any."""

from __future__ import annotations

import json
from collections.abc import Sequence

import orjson

from handler.limits import MAX_PIECES

# Bytes. What an answer has beside its vectors: the rest of the body, the headers, the envelope.
ENVELOPE = 4_096
ROW = 75  # {"object":"embedding","index":2047,"embedding":[]}, and a \ before each quote
# Bytes a number. Measured with vectors of unit length: 12.3 for the shortest exact float32 and a
# comma, 13.4 as Python writes JSON, 7.3 after gzip and base64.
NUMBER, NUMBER_SPACED, NUMBER_GZIPPED = 12.5, 13.6, 7.5


# Bytes, as Lambda's envelope has them. An object of tokens without its pieces, and a piece with its
# id in the list of those that are read: the longest ones that there are.
TOKENS, PIECE = 120, 110


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


def most_pieces(texts: Sequence[str], limit: int | None, *, with_texts: bool) -> int:
    """How many pieces of texts an answer can have. limit: its bytes; None: any number."""
    if limit is None:
        return MAX_PIECES
    shown = sum(map(_enveloped, texts)) if with_texts else 0
    return min(MAX_PIECES, max(0, limit - ENVELOPE - len(texts) * TOKENS - shown) // PIECE)


def _enveloped(text: str) -> int:
    """Bytes of a text as JSON in the JSON of Lambda's envelope."""
    return len(json.dumps(orjson.dumps(text).decode()))

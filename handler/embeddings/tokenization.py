"""The tokens of a request's texts, with their places in the texts if it asks for pieces.

Does not run the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from handler.embeddings.answer_size import most_pieces
from handler.embeddings.encoding import stop_if_late
from handler.errors import RequestTooLarge
from handler.request_context import RequestContext
from model_layer import Encoder, Truncate

Check = Callable[[], None]


def tokenize(
    encoder: Encoder,
    texts: Sequence[str],
    context: RequestContext,
    *,
    truncate: Truncate,
    with_pieces: bool = False,
    with_texts: bool = False,
) -> list[dict[str, Any]]:
    """The answer's object for each text, in order.

    with_texts: whether the objects have the texts, which the places of pieces refer to.
    Raises RequestTooLarge if it takes too long, or if the pieces do not fit into an answer.
    """
    data: list[dict[str, Any]] = []

    def check() -> None:
        encoder.turns.give_way()
        stop_if_late(context, len(data), len(texts), "inputs", field="input")

    most = most_pieces(texts, context.answer_limit, with_texts=with_texts) if with_pieces else 0
    left = most
    with encoder.turns:
        for index, text in enumerate(texts):
            check()
            if with_pieces:
                tokens = _pieces(encoder, text, truncate, check, most=most, left=left)
                left -= tokens["count"]
            else:
                tokens = _tokens(encoder, text, truncate, check)
            shown = {"text": text} if with_texts else {}
            data.append({"object": "tokens", "index": index, **tokens, **shown})
    return data


def _tokens(encoder: Encoder, text: str, truncate: Truncate, check: Check) -> dict[str, Any]:
    """How many tokens a text has, and the ids of those that the model reads."""
    tokenizer, limit = encoder.tokenizer, encoder.bundle.max_tokens
    read = tokenizer.tokenize(text, truncate, check)
    count = tokenizer.count(text, check) if read.truncated else len(read.ids)
    return {"count": count, "ids": read.ids[:limit], "truncated": count > limit}


def _pieces(
    encoder: Encoder, text: str, truncate: Truncate, check: Check, *, most: int, left: int
) -> dict[str, Any]:
    """The same, and all of the tokens. The work ends where there are too many of them."""
    pieces: list[dict[str, Any]] = []
    for piece in encoder.tokenizer.pieces(text, check):
        if len(pieces) >= left:
            raise RequestTooLarge(
                f"The inputs have more than {most} word pieces, which is what an answer with "
                "'pieces' can have here. Send fewer or shorter inputs, or leave 'pieces' out.",
                param="input",
                code="answer_too_large",
            )
        pieces.append(piece._asdict())
    limit = encoder.bundle.max_tokens
    cut = max(0, len(pieces) - limit)
    # The first is [CLS] and the last is [SEP]; the model reads both.
    first_cut = {"END": limit - 1, "START": 1, "NONE": limit}[truncate]
    for number, each in enumerate(pieces):
        each["read"] = not first_cut <= number < first_cut + cut
    ids = np.array([each["id"] for each in pieces if each["read"]], np.int32)
    return {"count": len(pieces), "ids": ids, "truncated": cut > 0, "pieces": pieces}

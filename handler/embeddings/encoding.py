"""Encode a request's texts, for every operation. The model's errors become the caller's."""

from __future__ import annotations

import time
from collections.abc import Sequence

from handler.errors import InvalidRequest, RequestTooLarge
from handler.request_context import RequestContext
from model_layer import Cancelled, DeadlineExceeded, Encoded, Encoder, TextTooLong, Truncate


def encode(
    encoder: Encoder,
    texts: Sequence[str],
    context: RequestContext,
    *,
    truncate: Truncate,
    field: str,
    is_list: bool,
) -> Encoded:
    """Encode the texts that a request has in `field`, and note their cost in `context`.

    Raises InvalidRequest if a text is too long and must not be cut, and RequestTooLarge if the
    request's time is up. model_layer's Cancelled passes: no caller is left to be told.
    """
    try:
        encoded = encoder.encode(
            texts,
            truncate=truncate,
            deadline=context.deadline,
            is_cancelled=context.is_cancelled,
        )
    except TextTooLong as error:
        place = f"{field}[{error.index}]" if is_list else field
        message = (
            f"'{place}' has {error.tokens} tokens; the model reads {error.limit}. Shorten it, "
            'or ask for it to be cut: "truncate": "END" (or "START").'
        )
        raise InvalidRequest(message, param=place, code="input_too_long") from error
    except DeadlineExceeded as error:
        raise RequestTooLarge(_late(error), param=field, code="deadline_exceeded") from error
    context.tokens = int(encoded.token_counts.sum())
    context.truncated = int(encoded.truncated.sum())
    context.stages["tokenize"] = encoded.tokenize_seconds * 1000
    context.stages["run"] = encoded.run_seconds * 1000
    return encoded


def _late(error: DeadlineExceeded) -> str:
    # By tokens, because the longest texts may have been the first.
    possible = error.texts * error.tokens_done // max(1, error.tokens) * 3 // 4
    return (
        f"The time this function has for a request was up after {error.tokens_done} of "
        f"{error.tokens} tokens ({error.texts_done} of {error.texts} texts). Send at most "
        f"{max(1, possible)} such texts in a request."
    )


def stop_if_late(context: RequestContext, done: int, total: int, noun: str, *, field: str) -> None:
    """To be called between the texts of a request, by work that the encoder does not do.

    noun: what the texts are, as a plural. Raises Cancelled if no caller is left, and
    RequestTooLarge if the request's time is up.
    """
    if context.is_cancelled():
        raise Cancelled("The caller no longer wants the answer.")
    if context.deadline is not None and time.monotonic() > context.deadline:
        cure = (
            f"Send at most {max(1, done * 3 // 4)} such {noun}." if done else "Send shorter ones."
        )
        raise RequestTooLarge(
            f"The time this function has for a request was up after {done} of {total} {noun}. "
            f"{cure}",
            param=field,
            code="deadline_exceeded",
        )

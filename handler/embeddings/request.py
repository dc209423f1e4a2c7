"""An embeddings request: check its fields, and read the texts of its `input`. Does not encode.

An input is a string, a list of strings, a list of cl100k token ids or a list of such lists. Token
ids become text again, since the model has another vocabulary.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from handler.errors import InvalidRequest
from handler.limits import (
    DIMENSIONS,
    MAX_DIMENSIONS_ASKED,
    MAX_INPUTS,
    MAX_TOKEN_ID,
    MAX_TOKEN_IDS,
    MAX_TOKEN_IDS_PER_REQUEST,
)
from handler.validation import TRUNCATION, integral, invalid, kind_of, shorten
from model_layer import Cl100k, TokenIdError, Truncate

HOW_TO_GET_ALL = (
    f"The model's vectors have {DIMENSIONS} numbers: leave 'dimensions' out to get all of them. "
    "For clients that always send more, set DIMENSIONS_OVER_LIMIT=cap on the server."
)
INPUT_FORMS = "a string, a list of strings, a list of token ids or a list of lists of token ids"
ID_SCHEMA = {"type": "integer", "minimum": 0, "maximum": MAX_TOKEN_ID}
IDS_SCHEMA = {"type": "array", "items": ID_SCHEMA, "minItems": 1, "maxItems": MAX_TOKEN_IDS}
LISTS = {"type": "array", "minItems": 1, "maxItems": MAX_INPUTS}
INPUT_SCHEMA = {
    "description": f"What to embed: {INPUT_FORMS} (cl100k_base, as OpenAI clients send them).",
    "anyOf": [
        {"type": "string"},
        {**LISTS, "items": {"type": "string"}},
        IDS_SCHEMA,
        {**LISTS, "items": IDS_SCHEMA},
    ],
}


class EmbeddingRequest(BaseModel):
    """The body of an embeddings request. Other fields are ignored."""

    # Build the validator now, not at the first request: see `cold_start`.
    model_config = ConfigDict(strict=True, frozen=True, defer_build=False)

    input: Annotated[Any, WithJsonSchema(INPUT_SCHEMA)]  # see `read_texts`
    model: Annotated[str | None, Field(description="By default, any name.")] = None
    encoding_format: Annotated[
        Literal["float", "base64"] | None,
        Field(description="By default, float. base64 is little-endian float32."),
    ] = None
    dimensions: Annotated[
        Annotated[int, Field(ge=1, le=DIMENSIONS), BeforeValidator(integral)] | None,
        Field(description="Keep this many numbers, and scale to unit length again."),
    ] = None
    truncate: Annotated[
        Truncate | None,
        Field(
            description="Which part of a too long input to cut: its END or its START. NONE refuses "
            "the input. true is END, and false is NONE. Ours, not OpenAI's."
        ),
        *TRUNCATION,
    ] = None
    user: Annotated[str | None, Field(description="Accepted, not used.")] = None


class TokenizeRequest(EmbeddingRequest):
    """The body of a tokenize request: that of an embeddings request, and one field more."""

    model_config = ConfigDict(defer_build=True)  # few cold starts are for it

    pieces: Annotated[
        bool | None,
        Field(description="Answer with all tokens of each input, and their places in its text."),
    ] = None


def parse_request(
    payload: object,
    *,
    dimensions: int | None = None,
    schema: type[EmbeddingRequest] = EmbeddingRequest,
) -> EmbeddingRequest:
    """Check a decoded body. Raises InvalidRequest that names the first wrong field.

    dimensions: in place of what the body has.
    """
    if not isinstance(payload, dict):
        raise InvalidRequest(f"The request is {kind_of(payload)}; it must be a JSON object.")
    if payload.get("input") is None:
        _refuse("input", f"'input' is missing; it must be {INPUT_FORMS}.")
    if dimensions is not None:
        payload = {**payload, "dimensions": dimensions}
    try:
        return schema.model_validate(payload)
    except ValidationError as error:
        wrong = invalid(error)
        if wrong.param == "dimensions" and is_over_limit(payload["dimensions"]):
            wrong = InvalidRequest(f"{wrong.message} {HOW_TO_GET_ALL}", param=wrong.param)
        raise wrong from error


def is_over_limit(dimensions: object) -> bool:
    """Whether these are more numbers than the model's vectors have."""
    return type(dimensions) in (int, float) and dimensions > DIMENSIONS  # type: ignore[operator]


def dimensions_over_limit(payload: object) -> int | None:
    """How many numbers a request asks for, if the model has fewer, and some model has so many."""
    if not isinstance(payload, dict):
        return None
    asked = integral(payload.get("dimensions"))
    is_more = type(asked) is int and DIMENSIONS < asked <= MAX_DIMENSIONS_ASKED
    return asked if is_more else None  # type: ignore[return-value]


def read_texts(value: object, cl100k: Cl100k) -> list[str]:
    """The texts of an `input`, in order.

    Raises InvalidRequest that names the place of the first wrong item.
    """
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        _refuse("input", f"'input' is {kind_of(value)}; it must be {INPUT_FORMS}.")
    if not value:
        _refuse("input", "'input' is an empty list; it must have at least one item.")
    kinds = set(map(type, value))  # in C, because there may be thousands of items
    if kinds <= {int, float}:
        return [_read_ids(value, "input", cl100k)]
    if len(value) > MAX_INPUTS:
        count = f"'input' has {len(value)} items; one request may have {MAX_INPUTS}."
        _refuse("input", f"{count} Send it in parts.")
    if kinds == {str}:
        return value
    if kinds != {list}:
        _refuse_mixture(value)
    if (total := sum(map(len, value))) > MAX_TOKEN_IDS_PER_REQUEST:
        raise InvalidRequest(
            f"Requested {total} tokens, max {MAX_TOKEN_IDS_PER_REQUEST} tokens per request. "
            "Send the input in parts.",
            param="input",
            code="max_tokens_per_request",
        )
    return [_read_ids(ids, f"input[{index}]", cl100k) for index, ids in enumerate(value)]


def _read_ids(ids: list[Any], place: str, cl100k: Cl100k) -> str:
    """The text of one list of token ids. `42562.0` is an id, too."""
    if not ids:
        _refuse(place, f"'{place}' is an empty list; it must have at least one token id.")
    if len(ids) > MAX_TOKEN_IDS:
        count = f"'{place}' has {len(ids)} token ids; one input may have {MAX_TOKEN_IDS}."
        _refuse(place, f"{count} Split the text.")
    if set(map(type, ids)) != {int}:
        ids = _as_integers(ids, place)
    try:
        return cl100k.decode(ids)
    except TokenIdError as error:
        param = f"{place}[{error.position}]"
        message = f"'{param}': token id {shorten(str(error.token_id))} {error.reason}."
        raise InvalidRequest(message, param=param) from error


def _as_integers(ids: list[Any], place: str) -> list[int]:
    """The ids as integers, from a list that has other values, too."""
    for position, item in enumerate(ids):
        if type(item) is not int and not (type(item) is float and item.is_integer()):
            param = f"{place}[{position}]"
            _refuse(param, f"'{param}' is {kind_of(item)}; a token id is a whole number.")
    return list(map(int, ids))


def _refuse(param: str, message: str) -> NoReturn:
    raise InvalidRequest(message, param=param)


def _refuse_mixture(value: list[Any]) -> NoReturn:
    """Name the first item that no form allows, or that has another form than the first item."""
    forms: dict[type, str] = {str: "text", list: "list", int: "id", float: "id"}
    first = forms.get(type(value[0]))
    others = (i for i, item in enumerate(value) if forms.get(type(item)) != first)
    place = 0 if first is None else next(others)
    param = f"input[{place}]"
    _refuse(param, f"'{param}' is {kind_of(value[place])}; 'input' must be {INPUT_FORMS}.")

"""JSON values from callers: parse them, check them, describe them. Knows no field by name."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from pydantic import (
    BeforeValidator,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from handler.errors import InvalidRequest, RequestTooLarge
from handler.json_text import NotJson, count_values, read_json
from handler.limits import MAX_JSON_VALUES

REFUSED = "refused"  # pydantic's type of the errors that `refused` makes


def parse_json(body: bytes) -> object:
    """The JSON value of a request's body.

    Raises InvalidRequest if it is not JSON, and RequestTooLarge if it has too many values.
    """
    if (count := count_values(body, MAX_JSON_VALUES)) > MAX_JSON_VALUES:
        raise RequestTooLarge(
            f"The body has about {count:,} values; the limit is {MAX_JSON_VALUES:,}. Send the "
            "input in parts."
        )
    try:
        return read_json(body)
    except NotJson as error:
        raise InvalidRequest(f"The body is not valid JSON in UTF-8: {error}.") from error


def invalid(error: ValidationError, *, tags: Collection[str] = ()) -> InvalidRequest:
    """The error for the first field of a request that is wrong.

    tags: values of a union's discriminator, which pydantic puts into an error's location.
    """
    first = error.errors(include_url=False, include_context=False)[0]
    place = _place([part for part in first["loc"] if part not in tags])
    if first["type"] == "missing":
        return InvalidRequest(f"'{place}' is missing.", param=place)
    ending = f"; {first['msg']}." if first["type"] == REFUSED else f". {first['msg']}."
    return InvalidRequest(f"'{place}' is {kind_of(first['input'])}{ending}", param=place)


def refused(reason: str) -> PydanticCustomError:
    """The error of a validator of ours. `reason` follows "'place' is value; "."""
    return PydanticCustomError(REFUSED, "{reason}", {"reason": reason})


def must_be(expected: str) -> WrapValidator:
    """Say what a value must be, whatever is wrong with it. Errors in a list keep their place."""

    def validate(value: object, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_context=False)
            first = errors[0]
            if first["type"] == REFUSED or any(isinstance(part, int) for part in first["loc"]):
                raise
            if isinstance(value, str) and "string_too_long" in {each["type"] for each in errors}:
                reason = f"it has {len(value)} characters, and must be {expected}"
            else:
                reason = f"it must be {expected}"
            raise refused(reason) from error

    return WrapValidator(validate)


def _place(location: list[int | str]) -> str:
    """`filters.filters[1].value`, for example."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def integral(value: object) -> object:
    """91 for 91.0, which is the same number in JSON; any other value as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def truncation(value: object) -> object:
    """Which part to cut, for Ollama's boolean: true is END, false is NONE. Else as it is."""
    return ("END" if value else "NONE") if isinstance(value, bool) else value


# The rest of the type of a `truncate` field. Not in its schema by itself: a validator has none.
TRUNCATION = (
    BeforeValidator(truncation),
    WithJsonSchema(
        {"anyOf": [{"enum": ["END", "START", "NONE"]}, {"type": "boolean"}, {"type": "null"}]}
    ),
)


def kind_of(value: object) -> str:
    """A few words for a JSON value, for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {shorten(str(value))}"
        case str():
            return f"the string {json.dumps(shorten(value), ensure_ascii=False)}"
        case list():
            return f"a list of {len(value)} items"
        case dict():
            return "an object"
        case _:
            return f"of type {type(value).__name__}"


def shorten(text: str) -> str:
    """At most 40 characters of `text`, for a message."""
    return text if len(text) <= 40 else f"{text[:40]}…"

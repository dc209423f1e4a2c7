"""What the JSON bodies of requests about OpenAI's objects share. Knows no field by name."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from handler.errors import InvalidRequest
from handler.validation import invalid, kind_of, parse_json, refused, shorten


class RequestModel(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def an_object_like(example: str) -> BeforeValidator:
    """Refuse a value that is neither an object nor null."""

    def check(value: object) -> object:
        if value is None or isinstance(value, dict):
            return value
        raise refused(f"it must be an object like {example}")

    return BeforeValidator(check)


Request = TypeVar("Request", bound=RequestModel)


def read_request(
    kind: type[Request], body: bytes, *, ignored: Collection[str] = (), tags: Collection[str] = ()
) -> Request:
    """The request in a JSON body. Raises InvalidRequest that names the first wrong field.

    ignored: fields of other servers, which are accepted and not used. tags: as in `invalid`.
    """
    payload = parse_json(body)
    if not isinstance(payload, dict):
        raise InvalidRequest(f"The request is {kind_of(payload)}; it must be a JSON object.")
    known = kind.model_fields
    for name in payload:
        if name not in known and name not in ignored:
            raise unknown_parameter(name, known)
    try:
        return kind.model_validate({name: payload[name] for name in payload if name in known})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        if first["type"] == "extra_forbidden":
            raise unknown_parameter(str(first["loc"][-1]), ()) from error
        raise invalid(error, tags=tags) from error


def unknown_parameter(name: str, known: Collection[str]) -> InvalidRequest:
    """The error for a field that a request may not have."""
    cure = f" The request may have {', '.join(known)}." if known else " Leave it out."
    return InvalidRequest(
        f"Unknown parameter: '{shorten(name)}'.{cure}",
        param=shorten(name),
        code="unknown_parameter",
    )

"""What a request for a new file says of it. Does not read or write the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from handler.digits import whole_number
from handler.errors import InvalidRequest
from handler.limits import MAX_FILE_SECONDS, MIN_FILE_SECONDS
from handler.objects.request import RequestModel
from handler.validation import integral, invalid, must_be

Purpose = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
AnyPurpose = Annotated[Purpose, must_be("one of " + ", ".join(get_args(Purpose)))]
BATCH_SECONDS = 30 * 86_400  # until a batch's file expires by itself; OpenAI's

ANCHOR, SECONDS = "expires_after[anchor]", "expires_after[seconds]"
TEXT_FIELDS = ("purpose", ANCHOR, SECONDS)


def _number(value: object) -> object:
    """The number that a form's field writes; anything else stays as it is."""
    number = whole_number(value) if isinstance(value, str) else None
    return value if number is None else number


InRange = Annotated[int, Field(ge=MIN_FILE_SECONDS, le=MAX_FILE_SECONDS)]
SECONDS_WANTED = must_be(f"a whole number from {MIN_FILE_SECONDS} to {MAX_FILE_SECONDS}")
ANCHOR_WANTED = must_be("created_at")


class FileForm(RequestModel):
    """The form of a new file."""

    model_config = ConfigDict(
        json_schema_extra={"dependentRequired": {ANCHOR: [SECONDS], SECONDS: [ANCHOR]}},
    )

    file: Annotated[
        Any,
        WithJsonSchema({"type": "string", "format": "binary"}),
        Field(description="With its name and its content type, as forms have them."),
    ]
    purpose: AnyPurpose
    anchor: Annotated[
        Literal["created_at"] | SkipJsonSchema[None], Field(alias=ANCHOR), ANCHOR_WANTED
    ] = None
    seconds: Annotated[
        InRange | SkipJsonSchema[None],
        Field(alias=SECONDS),
        BeforeValidator(_number),
        SECONDS_WANTED,
    ] = None


class FileExpiresAfter(RequestModel):
    """When a file is deleted by itself: so many seconds after its creation."""

    anchor: Annotated[Literal["created_at"], ANCHOR_WANTED]
    seconds: Annotated[InRange, BeforeValidator(integral), SECONDS_WANTED]


def read_form(texts: Mapping[str, str]) -> FileForm:
    """The fields of a form beside its file. Raises InvalidRequest naming the first wrong one."""
    try:
        form = FileForm.model_validate({**texts, "file": None})
    except ValidationError as error:
        raise invalid(error) from error
    for there, missing in ((form.seconds, ANCHOR), (form.anchor, SECONDS)):
        if there is not None and missing not in texts:
            raise InvalidRequest(f"'{missing}' is missing.", param=missing)
    return form


def expiry_seconds(purpose: str, asked: int | None) -> int | None:
    """Seconds from a file's creation until it expires; None: never."""
    return BATCH_SECONDS if asked is None and purpose == "batch" else asked

"""The bodies of requests for uploads. Does not make uploads."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from handler.errors import InvalidRequest
from handler.files.file_request import AnyPurpose, FileExpiresAfter
from handler.files.filenames import CONTENT_TYPE, FILENAME
from handler.limits import (
    MAX_CONTENT_TYPE,
    MAX_DOCUMENT,
    MAX_FILE_ID,
    MAX_FILENAME,
    MAX_UPLOAD_PARTS,
)
from handler.validation import integral, invalid, kind_of, must_be, parse_json

FrozenModel = ConfigDict(strict=True, frozen=True, extra="forbid")


class NewUpload(BaseModel):
    """The body of a new upload."""

    model_config = FrozenModel

    filename: Annotated[  # see `clean_filename`
        str,
        WithJsonSchema({"type": "string", "pattern": FILENAME}),
        Field(description=f"Without folders, it may have {MAX_FILENAME} bytes."),
    ]
    purpose: AnyPurpose
    bytes: Annotated[
        Annotated[int, Field(ge=0, le=MAX_DOCUMENT)],
        BeforeValidator(integral),
        must_be(f"a whole number from 0 to {MAX_DOCUMENT}, which is the limit of a file"),
    ]
    mime_type: Annotated[
        Annotated[str, Field(max_length=MAX_CONTENT_TYPE, pattern=CONTENT_TYPE)],
        must_be(f"a type such as text/plain, of {MAX_CONTENT_TYPE} characters at most"),
    ]
    expires_after: FileExpiresAfter | None = None


class UploadCompletion(BaseModel):
    """The body that completes an upload."""

    model_config = FrozenModel

    part_ids: Annotated[
        list[Annotated[str, Field(max_length=MAX_FILE_ID)]],
        Field(
            max_length=MAX_UPLOAD_PARTS,
            description="In the order of the file. None, if it was sent to `upload_url`.",
        ),
        must_be(f"a list of at most {MAX_UPLOAD_PARTS} ids of parts"),
    ]
    md5: Annotated[
        Annotated[str, Field(pattern="^[0-9a-fA-F]{32}$")] | None,
        must_be("32 hexadecimal digits"),
    ] = None


class PartForm(BaseModel):
    """The form of a part of an upload."""

    model_config = FrozenModel

    data: Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})]


Body = TypeVar("Body", bound=BaseModel)


def read_body(kind: type[Body], body: bytes) -> Body:
    """The body of a request. Raises InvalidRequest naming the first wrong field."""
    payload = parse_json(body)
    if not isinstance(payload, dict):
        raise InvalidRequest(f"The request is {kind_of(payload)}; it must be a JSON object.")
    try:
        return kind.model_validate(payload)
    except ValidationError as error:
        raise invalid(error) from error

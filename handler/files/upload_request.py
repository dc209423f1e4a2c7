"""The bodies of requests for uploads. Does not make uploads."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from handler.files.file_request import AnyPurpose, FileExpiresAfter
from handler.files.filenames import CONTENT_TYPE, FILENAME
from handler.limits import (
    MAX_CONTENT_TYPE,
    MAX_DOCUMENT,
    MAX_FILENAME,
    MAX_ID,
    MAX_UPLOAD_PARTS,
)
from handler.objects.request import RequestModel, an_object_like
from handler.validation import integral, must_be


class NewUpload(RequestModel):
    """The body of a new upload."""

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
    expires_after: Annotated[
        FileExpiresAfter | None, an_object_like('{"anchor": "created_at", "seconds": 86400}')
    ] = None


class UploadCompletion(RequestModel):
    """The body that completes an upload."""

    part_ids: Annotated[
        list[Annotated[str, Field(max_length=MAX_ID)]],
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


class PartForm(RequestModel):
    """The form of a part of an upload."""

    data: Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})]

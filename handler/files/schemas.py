"""The answers of the routes of files and uploads, which /openapi.json documents, too.

`file_request` and `upload_request` have what the routes accept.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from handler.objects.lists import Item, ItemList, ResponseModel

__all__ = ["DeletedFile", "File", "FileList", "Upload", "UploadPart"]


class File(Item):
    """OpenAI's file object."""

    object: Literal["file"]
    bytes: int
    created_at: int
    filename: str
    purpose: str
    status: Literal["processed"]
    # Left out if the file does not expire: OpenAI's is never null.
    expires_at: Annotated[
        int | SkipJsonSchema[None], Field(exclude_if=lambda value: value is None)
    ] = None


class FileList(ItemList[File]):
    """A page of files, in the order of their creation."""


class DeletedFile(ResponseModel):
    """A file that is deleted."""

    id: str
    object: Literal["file"]
    deleted: Literal[True]


class UploadUrl(ResponseModel):
    """A request that uploads the whole file directly, once, to where it is kept."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str]  # which it must have
    expires_at: int


class Upload(ResponseModel):
    """OpenAI's upload object, with an address to send the file to."""

    id: str
    object: Literal["upload"]
    bytes: int  # as announced
    created_at: int
    expires_at: int
    filename: str
    purpose: str
    status: Literal["pending", "completed", "cancelled", "expired"]
    file: File | None  # once it is completed
    upload_url: UploadUrl | None  # of a new upload, if the server can give one. Ours.


class UploadPart(ResponseModel):
    """OpenAI's object of a part of an upload."""

    id: str
    object: Literal["upload.part"]
    created_at: int
    upload_id: str

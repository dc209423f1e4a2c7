"""A request to attach several files to a vector store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import ConfigDict, Field

from handler.errors import InvalidRequest
from handler.limits import MAX_BATCH_FILES
from handler.objects.request import RequestModel, read_request
from handler.validation import must_be
from handler.vector_stores.file_request import (
    CHUNKING_TAGS,
    Attachment,
    AttachRequest,
    Attributes,
    Chunking,
    FileId,
    attachment,
)

Size = Field(min_length=1, max_length=MAX_BATCH_FILES)


ONE_OF_THEM = {
    "oneOf": [
        {
            "required": [sent],
            "properties": {sent: {"type": "array"}, left_out: {"type": "null"}},
        }
        for sent, left_out in (("file_ids", "files"), ("files", "file_ids"))
    ]
}


class BatchRequest(RequestModel):
    """Attach files. One of `file_ids` and `files` must be sent."""

    model_config = ConfigDict(json_schema_extra=ONE_OF_THEM)  # type: ignore[typeddict-item]

    file_ids: Annotated[
        Annotated[list[FileId], Size] | None,
        must_be(f"a list of 1 to {MAX_BATCH_FILES} ids of files"),
    ] = None
    files: Annotated[
        Annotated[list[AttachRequest], Size] | None,
        must_be(f"a list of 1 to {MAX_BATCH_FILES} objects, each with a 'file_id'"),
    ] = None
    attributes: Annotated[Attributes, Field(description="Of all `file_ids`.")] = None
    chunking_strategy: Annotated[Chunking, Field(description="Of all `file_ids`.")] = None


def read_batch(body: bytes, *, max_tokens: int) -> Sequence[Attachment]:
    """The files that a request names, in its order; one may be there twice.

    max_tokens: that the model reads. Raises InvalidRequest.
    """
    request = read_request(BatchRequest, body, tags=CHUNKING_TAGS)
    if (request.file_ids is None) is (request.files is None):
        sent = "both 'file_ids' and" if request.files else "neither 'file_ids' nor"
        raise InvalidRequest(
            f"The request has {sent} 'files'; it must have one of them.",
            param="file_ids",
        )
    return [
        attachment(
            file_id,
            f"file_ids[{index}]",
            request.attributes,
            request.chunking_strategy,
            max_tokens=max_tokens,
        )
        for index, file_id in enumerate(request.file_ids or ())
    ] + [
        attachment(
            file.file_id,
            f"files[{index}].file_id",
            file.attributes,
            file.chunking_strategy,
            max_tokens=max_tokens,
        )
        for index, file in enumerate(request.files or ())
    ]

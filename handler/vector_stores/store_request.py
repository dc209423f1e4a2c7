"""Requests to create a vector store, or to change one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from handler.limits import MAX_DESCRIPTION, MAX_EXPIRY_DAYS, MAX_INITIAL_FILES, MAX_STORE_NAME
from handler.objects.metadata import Metadata, encodable
from handler.objects.request import RequestModel, an_object_like
from handler.validation import integral, must_be
from handler.vector_stores.file_request import Attachment, Chunking, FileId, attachment

# What other servers take beside OpenAI's fields. Here, there is one model, and one place.
IGNORED = ("embedding_model", "embedding_dimension", "provider_id", "provider_vector_store_id")

Name = (
    Annotated[
        Annotated[str, Field(max_length=MAX_STORE_NAME)],
        must_be(f"a string of at most {MAX_STORE_NAME} characters"),
        BeforeValidator(encodable),
    ]
    | None
)
Description = (
    Annotated[
        Annotated[str, Field(max_length=MAX_DESCRIPTION)],
        must_be(f"a string of at most {MAX_DESCRIPTION} characters"),
        BeforeValidator(encodable),
    ]
    | None
)


class ExpiryRequest(RequestModel):
    """Delete the files of the store once it was not used for so long."""

    anchor: Annotated[Literal["last_active_at"], must_be("'last_active_at'")]
    days: Annotated[
        Annotated[int, Field(ge=1, le=MAX_EXPIRY_DAYS)],
        BeforeValidator(integral),
        must_be(f"a whole number from 1 to {MAX_EXPIRY_DAYS}"),
    ]


Expiry = Annotated[ExpiryRequest | None, an_object_like('{"anchor": "last_active_at", "days": 30}')]


class StoreRequest(RequestModel):
    """Create a vector store."""

    name: Name = None
    description: Description = None
    metadata: Metadata = None
    expires_after: Expiry = None
    file_ids: Annotated[
        Annotated[list[FileId], Field(max_length=MAX_INITIAL_FILES)] | None,
        must_be(
            f"a list of at most {MAX_INITIAL_FILES} ids of files; attach more of them by POST "
            "/v1/vector_stores/{vector_store_id}/file_batches"
        ),
    ] = None
    chunking_strategy: Chunking = None

    def files(self, *, max_tokens: int) -> Sequence[Attachment]:
        """The files to attach."""
        return [
            attachment(
                file_id, f"file_ids[{index}]", None, self.chunking_strategy, max_tokens=max_tokens
            )
            for index, file_id in enumerate(self.file_ids or ())
        ]


class StoreChange(RequestModel):
    """Change a vector store. What is left out stays as it is; null clears it."""

    name: Name = None
    description: Annotated[Description, Field(description="Ours, not OpenAI's.")] = None
    metadata: Metadata = None
    expires_after: Expiry = None

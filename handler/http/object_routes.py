"""What the routes of files, uploads and vector stores share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from handler.errors import (
    InvalidRequest,
    NotFound,
    NotReady,
    RequestTooLarge,
    TooBusy,
    Unauthorized,
    UnsupportedEncoding,
    WrongStore,
)
from handler.http.openapi import parameter

if TYPE_CHECKING:
    from pydantic import BaseModel

    from handler.vector_stores.operations import VectorStoreOperations

POLL_AFTER = "openai-poll-after-ms"  # which OpenAI's clients wait between looks

ERRORS = (Unauthorized, NotFound, WrongStore, NotReady)
WITH_BODY = (InvalidRequest, RequestTooLarge, UnsupportedEncoding, TooBusy)

PATH = {"in": "path", "required": True, "schema": {"type": "string"}}
STORE, FILE = {"name": "vector_store_id", **PATH}, {"name": "file_id", **PATH}
BATCH, UPLOAD = {"name": "batch_id", **PATH}, {"name": "upload_id", **PATH}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "A request that is sent again with the same key makes nothing new.",
}
# Fields of `pagination.Page`, by their aliases.
PAGE = [parameter(name) for name in ("limit", "order", "after", "before")]
STORE_FILE_PAGE = [*PAGE, parameter("filter")]


def operations(request: Request) -> VectorStoreOperations:
    """The application's vector stores. As a dependency, they would slow every cold start down."""
    stores: VectorStoreOperations = request.app.state.operations().vector_stores
    return stores


def parameters(request: Request) -> dict[str, str]:
    """The query parameters. Raises InvalidRequest if one of a page's is repeated."""
    from handler.objects.pagination import single  # not at every cold start

    return single(request.query_params.multi_items())


def answered(answer: BaseModel) -> Response:
    """The answer as JSON."""
    return JSONResponse(answer.model_dump())


def polled(request: Request, answer: Any) -> Response:
    """The answer. While it is in progress, it says when to look again."""
    response = answered(answer)
    if answer.status == "in_progress":
        response.headers[POLL_AFTER] = str(operations(request).poll_after_ms)
    return response

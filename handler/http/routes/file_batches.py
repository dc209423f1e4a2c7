"""/v1/vector_stores/{id}/file_batches: attach several files at once."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handler.errors import InvalidRequest
from handler.http.concurrency import run_off_loop
from handler.http.dependencies import REQUIRE_KEY, ContextDep
from handler.http.error_handlers import documented
from handler.http.object_routes import (
    BATCH,
    ERRORS,
    IDEMPOTENCY_KEY,
    STORE,
    STORE_FILE_PAGE,
    WITH_BODY,
    answered,
    operations,
    parameters,
    polled,
)
from handler.http.openapi import request_body
from handler.http.request_body import read_body

router = APIRouter(tags=["file batches"], dependencies=REQUIRE_KEY)
BATCHES = "/v1/vector_stores/{vector_store_id}/file_batches"


@router.post(
    BATCHES,
    summary="Attach files",
    responses=documented("VectorStoreFileBatch", *WITH_BODY, *ERRORS),
    openapi_extra={
        "parameters": [STORE, IDEMPOTENCY_KEY],
        "requestBody": request_body("BatchRequest"),
    },
)
async def create_batch(request: Request, context: ContextDep) -> Response:
    """Attach up to 2,000 files, by `file_ids`, or by `files` with attributes for each."""
    body, key = await read_body(request), request.headers.get("idempotency-key")
    batches, store_id = operations(request).file_batches, request.path_params["vector_store_id"]
    batch = await run_off_loop(request, batches.create, store_id, body, key, context)
    return polled(request, batch)


@router.get(
    BATCHES + "/{batch_id}",
    summary="Describe a file batch",
    responses=documented("VectorStoreFileBatch", *ERRORS),
    openapi_extra={"parameters": [STORE, BATCH]},
)
async def retrieve_batch(request: Request) -> Response:
    """The number of the batch's files by status."""
    batches = operations(request).file_batches
    return polled(request, await run_off_loop(request, batches.retrieve, **request.path_params))


@router.post(
    BATCHES + "/{batch_id}/cancel",
    summary="Cancel a file batch",
    responses=documented("VectorStoreFileBatch", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [STORE, BATCH]},
)
async def cancel_batch(request: Request) -> Response:
    """Give up the files that are still in progress."""
    batches = operations(request).file_batches
    return answered(await run_off_loop(request, batches.cancel, **request.path_params))


@router.get(
    BATCHES + "/{batch_id}/files",
    summary="List a batch's files",
    responses=documented("VectorStoreFileList", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [STORE, BATCH, *STORE_FILE_PAGE]},
)
async def list_batch_files(request: Request) -> Response:
    """The files of the batch that are in the store."""
    batches, query = operations(request).file_batches, parameters(request)
    path = request.path_params
    return answered(await run_off_loop(request, batches.page, query=query, **path))

"""/v1/vector_stores: create, list, change, delete and search vector stores."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handler.errors import InvalidRequest, RequestTooLarge, TooBusy
from handler.http.concurrency import encode_off_loop, parse_body, run_off_loop
from handler.http.dependencies import REQUIRE_KEY, ContextDep
from handler.http.error_handlers import documented
from handler.http.object_routes import (
    ERRORS,
    IDEMPOTENCY_KEY,
    PAGE,
    STORE,
    WITH_BODY,
    answered,
    operations,
    parameters,
)
from handler.http.openapi import request_body
from handler.http.request_body import read_body

router = APIRouter(tags=["vector stores"], dependencies=REQUIRE_KEY)


@router.post(
    "/v1/vector_stores",
    summary="Create a vector store",
    responses=documented("VectorStore", *WITH_BODY, *ERRORS),
    openapi_extra={
        "parameters": [IDEMPOTENCY_KEY],
        "requestBody": request_body("StoreRequest"),
    },
)
async def create_store(request: Request, context: ContextDep) -> Response:
    """Create a vector store, and attach uploaded files to it."""
    body, key = await read_body(request), request.headers.get("idempotency-key")
    stores = operations(request).stores
    return answered(await run_off_loop(request, stores.create, body, key, context))


@router.get(
    "/v1/vector_stores",
    summary="List the vector stores",
    responses=documented("VectorStoreList", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": PAGE},
)
async def list_stores(request: Request) -> Response:
    """The vector stores that were made here, and the one of the bucket or folder."""
    stores = operations(request).stores
    return answered(await run_off_loop(request, stores.page, parameters(request)))


@router.get(
    "/v1/vector_stores/{vector_store_id}",
    summary="Describe a vector store",
    responses=documented("VectorStore", *ERRORS),
    openapi_extra={"parameters": [STORE]},
)
async def retrieve_store(request: Request) -> Response:
    """The vector store, with the number of its files by status."""
    stores = operations(request).stores
    return answered(await run_off_loop(request, stores.retrieve, **request.path_params))


@router.post(
    "/v1/vector_stores/{vector_store_id}",
    summary="Change a vector store",
    responses=documented("VectorStore", *WITH_BODY, *ERRORS),
    openapi_extra={
        "parameters": [STORE],
        "requestBody": request_body("StoreChange"),
    },
)
async def update_store(request: Request) -> Response:
    """Change the name, the metadata or the expiry. What is left out stays; null clears it."""
    body, stores = await read_body(request), operations(request).stores
    return answered(await run_off_loop(request, stores.update, body=body, **request.path_params))


@router.delete(
    "/v1/vector_stores/{vector_store_id}",
    summary="Delete a vector store",
    responses=documented("DeletedVectorStore", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [STORE]},
)
async def delete_store(request: Request) -> Response:
    """Delete a vector store. The files that are in it stay."""
    stores = operations(request).stores
    return answered(await run_off_loop(request, stores.delete, **request.path_params))


@router.post(
    "/v1/vector_stores/{vector_store_id}/search",
    summary="Search",
    responses=documented("SearchResults", InvalidRequest, RequestTooLarge, TooBusy, *ERRORS),
    openapi_extra={
        "parameters": [STORE],
        "requestBody": request_body("SearchRequest"),
    },
)
async def search(request: Request, context: ContextDep) -> Response:
    """The chunks nearest in meaning to one or more queries, nearest first."""
    body = await read_body(request)
    store_id, operation = request.path_params["vector_store_id"], operations(request).search
    asked = await parse_body(request, operation.check_body, body, context)
    texts = len(asked.queries)
    answer = await encode_off_loop(request, texts, operation.answer, store_id, asked, context)
    return Response(answer.body, headers=answer.headers, media_type="application/json")

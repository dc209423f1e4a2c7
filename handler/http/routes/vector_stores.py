"""/v1/vector_stores: search in what was ingested, and what became of each document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from handler.errors import (
    InvalidRequest,
    NotFound,
    NotReady,
    RequestTooLarge,
    Unauthorized,
    WrongStore,
)
from handler.http.dependencies import KEY, ContextDep, work
from handler.http.error_handlers import documented
from handler.http.openapi import content
from handler.http.request_body import read_body
from handler.limits import MAX_FILE_ID, MAX_PAGE
from handler.vector_stores.pagination import FILE_STATUSES, ORDERS

if TYPE_CHECKING:
    from handler.vector_stores.operations import VectorStoreOperations

router = APIRouter(tags=["vector stores"], dependencies=KEY)
ERRORS = (Unauthorized, NotFound, WrongStore, NotReady)


def _parameter(name: str, where: str = "query", **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


STORE = _parameter("vector_store_id", "path", type="string")
FILE = _parameter("file_id", "path", type="string")
PAGE = [
    _parameter("limit", type="integer", minimum=1, maximum=MAX_PAGE, default=20),
    _parameter("order", type="string", enum=ORDERS, default="desc"),
    _parameter("after", type="string", maxLength=MAX_FILE_ID),
    _parameter("before", type="string", maxLength=MAX_FILE_ID),
]
STATUS = _parameter("filter", type="string", enum=FILE_STATUSES)


def _stores(request: Request) -> VectorStoreOperations:
    """The application's vector stores. (As a dependency they would slow each cold start.)"""
    stores: VectorStoreOperations = request.app.state.vector_stores()
    return stores


@router.post(
    "/v1/vector_stores/{vector_store_id}/search",
    summary="Search",
    responses=documented("SearchResults", InvalidRequest, RequestTooLarge, *ERRORS),
    openapi_extra={
        "parameters": [STORE],
        "requestBody": {"required": True, "content": content("SearchRequest")},
    },
)
async def search(request: Request, context: ContextDep) -> Response:
    """The passages nearest in meaning to one or more queries, nearest first."""
    body = await read_body(request)
    store_id, operation = request.path_params["vector_store_id"], _stores(request).search
    answer = await work(context, operation.search_from_body, store_id, body, context)
    return Response(answer.body, headers=answer.headers, media_type="application/json")


@router.get(
    "/v1/vector_stores",
    summary="List the vector stores",
    responses=documented("VectorStoreList", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": PAGE},
)
async def list_stores(request: Request, context: ContextDep) -> Response:
    """The vector stores there are: the one that VECTOR_STORE names."""
    files = _stores(request).files
    return JSONResponse(await work(context, files.list_stores, request.query_params))


@router.get(
    "/v1/vector_stores/{vector_store_id}",
    summary="Describe a vector store",
    responses=documented("VectorStore", *ERRORS),
    openapi_extra={"parameters": [STORE]},
)
async def retrieve_store(request: Request, context: ContextDep) -> Response:
    """The vector store, with the counts of its files: of the first 10,000, if it has more."""
    files = _stores(request).files
    return JSONResponse(await work(context, files.retrieve_store, **request.path_params))


@router.get(
    "/v1/vector_stores/{vector_store_id}/files",
    summary="List the files",
    responses=documented("VectorStoreFileList", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [STORE, *PAGE, STATUS]},
)
async def list_files(request: Request, context: ContextDep) -> Response:
    """The documents that were ingested, or are being, or could not be. Their order is that of
    their ids, not of their creation.
    """
    files, store_id = _stores(request).files, request.path_params["vector_store_id"]
    return JSONResponse(await work(context, files.list_files, store_id, request.query_params))


@router.get(
    "/v1/vector_stores/{vector_store_id}/files/{file_id}",
    summary="Describe a file",
    responses=documented("VectorStoreFile", *ERRORS),
    openapi_extra={"parameters": [STORE, FILE]},
)
async def retrieve_file(request: Request, context: ContextDep) -> Response:
    """What became of a document; if it failed, why."""
    files = _stores(request).files
    return JSONResponse(await work(context, files.retrieve_file, **request.path_params))

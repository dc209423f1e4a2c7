"""/v1/vector_stores: search the ingested documents, and list them with their status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from handler.errors import (
    InvalidRequest,
    NotFound,
    NotReady,
    RequestTooLarge,
    TooBusy,
    Unauthorized,
    WrongStore,
)
from handler.http.concurrency import encode_off_loop, parse_body, run_off_loop
from handler.http.dependencies import REQUIRE_KEY, ContextDep
from handler.http.error_handlers import documented
from handler.http.openapi import content, parameter
from handler.http.request_body import read_body

if TYPE_CHECKING:
    from handler.vector_stores.operations import VectorStoreOperations

router = APIRouter(tags=["vector stores"], dependencies=REQUIRE_KEY)
ERRORS = (Unauthorized, NotFound, WrongStore, NotReady)


PATH = {"in": "path", "required": True, "schema": {"type": "string"}}
STORE, FILE = {"name": "vector_store_id", **PATH}, {"name": "file_id", **PATH}
# Fields of `pagination.Page`, by their aliases.
PAGE = [parameter(name) for name in ("limit", "order", "after", "before")]
STATUS = parameter("filter")


def _stores(request: Request) -> VectorStoreOperations:
    """The application's vector stores. As a dependency, they would slow every cold start down."""
    stores: VectorStoreOperations = request.app.state.operations().vector_stores
    return stores


def _parameters(request: Request) -> dict[str, str]:
    from handler.objects.pagination import single  # not at every cold start

    return single(request.query_params.multi_items())


@router.post(
    "/v1/vector_stores/{vector_store_id}/search",
    summary="Search",
    responses=documented("SearchResults", InvalidRequest, RequestTooLarge, TooBusy, *ERRORS),
    openapi_extra={
        "parameters": [STORE],
        "requestBody": {"required": True, "content": content("SearchRequest")},
    },
)
async def search(request: Request, context: ContextDep) -> Response:
    """The chunks nearest in meaning to one or more queries, nearest first."""
    body = await read_body(request)
    store_id, operation = request.path_params["vector_store_id"], _stores(request).search
    asked = await parse_body(request, operation.check_body, body, context)
    texts = len(asked.queries)
    answer = await encode_off_loop(request, texts, operation.answer, store_id, asked, context)
    return Response(answer.body, headers=answer.headers, media_type="application/json")


@router.get(
    "/v1/vector_stores",
    summary="List the vector stores",
    responses=documented("VectorStoreList", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": PAGE},
)
async def list_stores(request: Request) -> Response:
    """The list of vector stores: the one that VECTOR_STORE names."""
    files = _stores(request).files
    answer = await run_off_loop(request, files.list_stores, _parameters(request))
    return JSONResponse(answer.model_dump())


@router.get(
    "/v1/vector_stores/{vector_store_id}",
    summary="Describe a vector store",
    responses=documented("VectorStore", *ERRORS),
    openapi_extra={"parameters": [STORE]},
)
async def retrieve_store(request: Request) -> Response:
    """The vector store, with the number of its files by status: of the first 10,000, at most."""
    files = _stores(request).files
    answer = await run_off_loop(request, files.retrieve_store, **request.path_params)
    return JSONResponse(answer.model_dump())


@router.get(
    "/v1/vector_stores/{vector_store_id}/files",
    summary="List the files",
    responses=documented("VectorStoreFileList", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [STORE, *PAGE, STATUS]},
)
async def list_files(request: Request) -> Response:
    """The documents: ingested, in progress or failed. They are in the order of their ids."""
    files, store_id = _stores(request).files, request.path_params["vector_store_id"]
    answer = await run_off_loop(request, files.list_files, store_id, _parameters(request))
    return JSONResponse(answer.model_dump())


@router.get(
    "/v1/vector_stores/{vector_store_id}/files/{file_id}",
    summary="Describe a file",
    responses=documented("VectorStoreFile", *ERRORS),
    openapi_extra={"parameters": [STORE, FILE]},
)
async def retrieve_file(request: Request) -> Response:
    """A document's status and, if it failed, the reason."""
    files = _stores(request).files
    answer = await run_off_loop(request, files.retrieve_file, **request.path_params)
    return JSONResponse(answer.model_dump())

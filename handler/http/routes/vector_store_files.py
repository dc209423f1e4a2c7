"""/v1/vector_stores/{id}/files: the files of a vector store."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handler.errors import InvalidRequest
from handler.http.concurrency import run_off_loop
from handler.http.dependencies import REQUIRE_KEY, ContextDep
from handler.http.error_handlers import documented
from handler.http.object_routes import (
    ERRORS,
    FILE,
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

router = APIRouter(tags=["files of vector stores"], dependencies=REQUIRE_KEY)
FILES = "/v1/vector_stores/{vector_store_id}/files"
NEXT_PAGE = {
    "name": "page",
    "in": "query",
    "required": False,
    "schema": {"type": "string"},
    "description": "The `next_page` of the page before.",
}


@router.post(
    FILES,
    summary="Attach a file",
    responses=documented("VectorStoreFile", *WITH_BODY, *ERRORS),
    openapi_extra={
        "parameters": [STORE],
        "requestBody": request_body("AttachRequest"),
    },
)
async def attach_file(request: Request, context: ContextDep) -> Response:
    """Attach an uploaded file. It is in progress until it can be found."""
    body, files = await read_body(request), operations(request).files
    store_id = request.path_params["vector_store_id"]
    return polled(request, await run_off_loop(request, files.attach, store_id, body, context))


@router.get(
    FILES,
    summary="List the files",
    responses=documented("VectorStoreFileList", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [STORE, *STORE_FILE_PAGE]},
)
async def list_files(request: Request) -> Response:
    """The files, by the time when they came into the store."""
    files, store_id = operations(request).files, request.path_params["vector_store_id"]
    return answered(await run_off_loop(request, files.page, store_id, parameters(request)))


@router.get(
    FILES + "/{file_id}",
    summary="Describe a file",
    responses=documented("VectorStoreFile", *ERRORS),
    openapi_extra={"parameters": [STORE, FILE]},
)
async def retrieve_file(request: Request) -> Response:
    """A file's status and, if it failed, the reason."""
    files = operations(request).files
    return polled(request, await run_off_loop(request, files.retrieve, **request.path_params))


@router.post(
    FILES + "/{file_id}",
    summary="Change a file's attributes",
    responses=documented("VectorStoreFile", *WITH_BODY, *ERRORS),
    openapi_extra={
        "parameters": [STORE, FILE],
        "requestBody": request_body("AttributesRequest"),
    },
)
async def update_file(request: Request, context: ContextDep) -> Response:
    """Replace all attributes of a file in this store."""
    body, files = await read_body(request), operations(request).files
    path = request.path_params
    file = await run_off_loop(request, files.update, body=body, context=context, **path)
    return polled(request, file)


@router.delete(
    FILES + "/{file_id}",
    summary="Take a file out",
    responses=documented("DeletedVectorStoreFile", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [STORE, FILE]},
)
async def remove_file(request: Request) -> Response:
    """Take a file out of the store. The file itself stays."""
    files = operations(request).files
    return answered(await run_off_loop(request, files.remove, **request.path_params))


@router.get(
    FILES + "/{file_id}/content",
    summary="Read a file's text",
    responses=documented("VectorStoreFileContent", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [STORE, FILE, NEXT_PAGE]},
)
async def read_content(request: Request, context: ContextDep) -> Response:
    """The text that was read of a file. All of it, unless an answer cannot hold it."""
    files, query = operations(request).files, dict(request.query_params)
    path = request.path_params
    page = await run_off_loop(request, files.content, query=query, context=context, **path)
    return answered(page)

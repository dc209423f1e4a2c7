"""/v1/files: upload files, list and read them, and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from handler.errors import InvalidRequest, RequestTooLarge
from handler.event_kinds import decodes_answers
from handler.http.concurrency import run_off_loop
from handler.http.dependencies import REQUIRE_KEY, ContextDep
from handler.http.error_handlers import FOUND, documented
from handler.http.object_routes import (
    ERRORS,
    FILE,
    IDEMPOTENCY_KEY,
    WITH_BODY,
    answered,
    parameters,
)
from handler.http.openapi import parameter, request_body

if TYPE_CHECKING:
    from handler.files.files import Files

router = APIRouter(tags=["files"], dependencies=REQUIRE_KEY)
# Fields of `pagination.FilePage`.
PAGE = [parameter(f"files_{name}") for name in ("limit", "order", "after", "purpose")]
BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
ELSEWHERE: dict[int | str, dict[str, Any]] = {FOUND: {"description": "The bytes are there"}}


def _files(request: Request) -> Files:
    """The application's files. As a dependency, they would slow every cold start down."""
    files: Files = request.app.state.operations().files.files
    return files


@router.post(
    "/v1/files",
    summary="Upload a file",
    responses=documented("File", *WITH_BODY, *ERRORS),
    openapi_extra={
        "parameters": [IDEMPOTENCY_KEY],
        "requestBody": request_body("FileForm", "multipart/form-data"),
    },
)
async def create_file(request: Request, context: ContextDep) -> Response:
    """Keep a file of at most 50 MB. On Lambda, a request takes some 4.5 MB: see uploads."""
    from handler.files.file_request import TEXT_FIELDS  # not at every cold start
    from handler.http.form_body import read_form

    files = _files(request)
    form = await read_form(request, file_field="file", text_fields=TEXT_FIELDS)
    key = request.headers.get("idempotency-key")
    answer = await run_off_loop(request, files.create, form, caller=context.key, key=key)
    return answered(answer)


@router.get(
    "/v1/files",
    summary="List the files",
    responses=documented("FileList", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": PAGE},
)
async def list_files(request: Request, context: ContextDep) -> Response:
    """The uploaded files, by the time of their upload."""
    query, limit = parameters(request), context.answer_limit
    answer = await run_off_loop(request, _files(request).page, query, answer_limit=limit)
    return answered(answer)


@router.get(
    "/v1/files/{file_id}",
    summary="Describe a file",
    responses=documented("File", *ERRORS),
    openapi_extra={"parameters": [FILE]},
)
async def retrieve_file(request: Request) -> Response:
    """A file: an uploaded one, or a document of the bucket or folder."""
    answer = await run_off_loop(request, _files(request).retrieve, **request.path_params)
    return answered(answer)


@router.delete(
    "/v1/files/{file_id}",
    summary="Delete a file",
    responses=documented("DeletedFile", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [FILE]},
)
async def delete_file(request: Request) -> Response:
    """Delete a file, and take it out of all vector stores."""
    answer = await run_off_loop(request, _files(request).delete, **request.path_params)
    return answered(answer)


@router.get(
    "/v1/files/{file_id}/content",
    summary="Read a file",
    responses={**documented(BYTES, InvalidRequest, RequestTooLarge, *ERRORS), **ELSEWHERE},
    openapi_extra={"parameters": [FILE]},
)
async def file_content(request: Request, context: ContextDep) -> Response:
    """The bytes, as they were uploaded. On Lambda, those of a large file are at another address."""
    read, limit = _files(request).content, context.answer_limit
    event = request.scope.get("aws.event")
    if event is not None and not decodes_answers(event):
        limit = 0  # the client might get base64
    content = await run_off_loop(request, read, **request.path_params, answer_limit=limit)
    if content.url is not None:
        return RedirectResponse(content.url, FOUND, headers=content.headers)
    context.at_end.callback(content.close)  # the client may hang up before the end
    return StreamingResponse(content.chunks, headers=content.headers)

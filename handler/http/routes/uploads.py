"""/v1/uploads: upload a file in parts, or directly to where it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from handler.errors import InvalidRequest
from handler.http.concurrency import run_before_the_end, run_off_loop
from handler.http.dependencies import REQUIRE_KEY, ContextDep
from handler.http.error_handlers import documented
from handler.http.object_routes import ERRORS, IDEMPOTENCY_KEY, UPLOAD, WITH_BODY, answered
from handler.http.openapi import request_body
from handler.http.request_body import read_body

if TYPE_CHECKING:
    from handler.files.uploads import Uploads

router = APIRouter(tags=["uploads"], dependencies=REQUIRE_KEY)


def _uploads(request: Request) -> Uploads:
    """The application's uploads. As a dependency, they would slow every cold start down."""
    uploads: Uploads = request.app.state.operations().files.uploads
    return uploads


@router.post(
    "/v1/uploads",
    summary="Begin an upload",
    responses=documented("Upload", *WITH_BODY, *ERRORS),
    openapi_extra={"parameters": [IDEMPOTENCY_KEY], "requestBody": request_body("NewUpload")},
)
async def create_upload(request: Request, context: ContextDep) -> Response:
    """Announce a file. Its parts can come for an hour, or all of it to `upload_url`, if given."""
    sent, key = await read_body(request), request.headers.get("idempotency-key")
    create = _uploads(request).create
    answer = await run_off_loop(request, create, sent, caller=context.key, key=key)
    return answered(answer)


@router.post(
    "/v1/uploads/{upload_id}/parts",
    summary="Upload a part",
    responses=documented("UploadPart", *WITH_BODY, *ERRORS),
    openapi_extra={
        "parameters": [UPLOAD, IDEMPOTENCY_KEY],
        "requestBody": request_body("PartForm", "multipart/form-data"),
    },
)
async def add_part(request: Request, context: ContextDep) -> Response:
    """Keep a part of the file. On Lambda, one of at most 4.5 MB."""
    from handler.http.form_body import read_form  # not at every cold start

    uploads, upload_id = _uploads(request), request.path_params["upload_id"]
    await run_before_the_end(request, uploads.expect_pending, upload_id)
    form = await read_form(request, file_field="data", text_fields=())
    key = request.headers.get("idempotency-key")
    add = uploads.add_part
    answer = await run_off_loop(request, add, upload_id, form, caller=context.key, key=key)
    return answered(answer)


@router.post(
    "/v1/uploads/{upload_id}/complete",
    summary="Complete an upload",
    responses=documented("Upload", *WITH_BODY, *ERRORS),
    openapi_extra={"parameters": [UPLOAD], "requestBody": request_body("UploadCompletion")},
)
async def complete_upload(request: Request) -> Response:
    """Make a file of the parts, in the order of `part_ids`."""
    upload_id, sent = request.path_params["upload_id"], await read_body(request)
    answer = await run_off_loop(request, _uploads(request).complete, upload_id, sent)
    return answered(answer)


@router.post(
    "/v1/uploads/{upload_id}/cancel",
    summary="Cancel an upload",
    responses=documented("Upload", InvalidRequest, *ERRORS),
    openapi_extra={"parameters": [UPLOAD]},
)
async def cancel_upload(request: Request) -> Response:
    """Give an upload up, and delete its parts."""
    answer = await run_off_loop(request, _uploads(request).cancel, **request.path_params)
    return answered(answer)

"""POST /v1/embeddings, and the same at the paths that other clients use."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handler.embeddings.operations import EmbeddingOperations
from handler.errors import InvalidRequest, NotFound, RequestTooLarge, TooBusy, Unauthorized
from handler.http.concurrency import (
    QUICK_BODY,
    encode_off_loop,
    encode_quickly_off_loop,
    parse_body,
)
from handler.http.dependencies import REQUIRE_KEY
from handler.http.direct_route import DirectRoute
from handler.http.error_handlers import documented
from handler.http.openapi import request_body
from handler.http.request_body import read_body
from handler.request_context import RequestContext

router = APIRouter(tags=["embeddings"], dependencies=REQUIRE_KEY, route_class=DirectRoute)
BODY = {"requestBody": request_body("EmbeddingRequest")}


@router.post(
    "/v1/embeddings",
    summary="Embed texts",
    responses=documented(
        "EmbeddingList", InvalidRequest, Unauthorized, NotFound, RequestTooLarge, TooBusy
    ),
    openapi_extra=BODY,
)
@router.post("/v1/engines/{model:path}/embeddings", include_in_schema=False)
async def create_embeddings(request: Request) -> Response:
    """Embed one or more texts as vectors of unit length, in the order given."""
    embeddings: EmbeddingOperations = request.app.state.embeddings
    context: RequestContext = request.state.context
    body, model = await read_body(request), request.path_params.get("model")
    checked = await parse_body(request, embeddings.check_body, body, context, model=model)
    texts = len(checked.texts)
    if texts == 1 and len(body) <= QUICK_BODY:
        answer = await encode_quickly_off_loop(request, embeddings.answer, checked, context)
    else:
        answer = await encode_off_loop(request, texts, embeddings.answer, checked, context)
    return Response(answer.body, headers=answer.headers, media_type="application/json")

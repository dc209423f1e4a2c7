"""POST /tokenize: the tokens of each input, and which of them the model reads."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handler.embeddings.request import TokenizeRequest
from handler.errors import InvalidRequest, RequestTooLarge, TooBusy, Unauthorized
from handler.http.concurrency import encode_off_loop, parse_body
from handler.http.dependencies import REQUIRE_KEY, ContextDep, EmbeddingsDep
from handler.http.error_handlers import documented
from handler.http.openapi import request_body
from handler.http.request_body import read_body

router = APIRouter(tags=["embeddings"], dependencies=REQUIRE_KEY)


@router.post(
    "/tokenize",
    summary="Count tokens",
    responses=documented("TokensList", InvalidRequest, Unauthorized, RequestTooLarge, TooBusy),
    openapi_extra={"requestBody": request_body("TokenizeRequest")},
)
async def tokenize(request: Request, embeddings: EmbeddingsDep, context: ContextDep) -> Response:
    """Count all tokens of each input. Takes the body of an embeddings request, and `pieces`."""
    body, check = await read_body(request), embeddings.check_body
    checked = await parse_body(request, check, body, context, schema=TokenizeRequest)
    texts = len(checked.texts)
    answer = await encode_off_loop(request, texts, embeddings.tokenize, checked, context)
    return Response(answer, media_type="application/json")

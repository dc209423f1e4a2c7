"""POST /tokenize: how many tokens is a text, and which of them does the model read?"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handler.errors import InvalidRequest, RequestTooLarge, Unauthorized
from handler.http.dependencies import KEY, ContextDep, EmbeddingsDep, work
from handler.http.error_handlers import documented
from handler.http.request_body import read_body
from handler.http.routes.embeddings import BODY

router = APIRouter(tags=["embeddings"], dependencies=KEY)


@router.post(
    "/tokenize",
    summary="Count tokens",
    responses=documented("TokensList", InvalidRequest, Unauthorized, RequestTooLarge),
    openapi_extra=BODY,
)
async def tokenize(request: Request, embeddings: EmbeddingsDep, context: ContextDep) -> Response:
    """The tokens of each input, counted whole. Takes the body of an embeddings request."""
    body = await read_body(request)
    answer = await work(context, embeddings.tokenize, body, context)
    return Response(answer, media_type="application/json")

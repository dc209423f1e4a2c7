"""POST /v1/embeddings, and the other paths that clients reach it by."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from handler.error_handlers import documented
from handler.errors import InvalidRequest, NotFound, RequestTooLarge, Unauthorized
from handler.limits import MAX_BODY
from handler.openapi import content
from handler.routes.deps import KEY, CallDep, EmbeddingsDep, work

router = APIRouter(tags=["embeddings"], dependencies=KEY)
BODY = {"requestBody": {"required": True, "content": content("EmbeddingRequest")}}


@router.post(
    "/v1/embeddings",
    summary="Embed texts",
    responses=documented("EmbeddingList", InvalidRequest, Unauthorized, NotFound, RequestTooLarge),
    openapi_extra=BODY,
)
@router.post("/embeddings", include_in_schema=False)
@router.post("/openai/deployments/{model:path}/embeddings", include_in_schema=False)  # Azure's
@router.post("/v1/engines/{model:path}/embeddings", include_in_schema=False)
async def create_embeddings(request: Request, embeddings: EmbeddingsDep, call: CallDep) -> Response:
    """Turn one or more texts into vectors of unit length, in the order given."""
    body = await read_body(request)
    model = request.path_params.get("model")
    answer = await work(call, embeddings.create_from_body, body, call, model=model)
    return Response(answer.body, headers=answer.headers, media_type="application/json")


async def read_body(request: Request) -> bytes:
    """The request's body, refused as soon as it is known to be over the limit."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise InvalidRequest(f"Content-Encoding {encoding[:40]} is not accepted; send plain JSON.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MAX_BODY:
        raise _too_large(int(declared))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise _too_large(len(body))
    return bytes(body)


def _too_large(size: int) -> RequestTooLarge:
    return RequestTooLarge(
        f"The body is {size} bytes or more; the limit is {MAX_BODY}. Send the input in parts."
    )

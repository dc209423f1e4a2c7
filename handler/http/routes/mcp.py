"""POST /mcp: the Model Context Protocol, over streamable HTTP without sessions.

GET and DELETE are not allowed, which tells clients that there are neither streams nor sessions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from handler.errors import InvalidRequest, NotFound, RequestTooLarge, TooBusy, Unauthorized
from handler.http.concurrency import encode_off_loop
from handler.http.dependencies import REQUIRE_KEY, ContextDep
from handler.http.error_handlers import STATUS, documented
from handler.http.openapi import content, request_body
from handler.http.request_body import read_body

if TYPE_CHECKING:
    from handler.mcp.server import McpServer

router = APIRouter(tags=["assistants"], dependencies=REQUIRE_KEY)
STORE = {
    "name": "vector_store_id",
    "in": "query",
    "required": False,
    "description": "Where to look. By default, in the store of the bucket or folder.",
    "schema": {"type": "string"},
}


@router.post(
    "/mcp",
    summary="Model Context Protocol",
    responses={
        **documented("McpReply", Unauthorized, RequestTooLarge, TooBusy),
        202: {"description": "A notification, which has no answer"},
        # The protocol's own errors.
        STATUS[InvalidRequest].value: {"content": content("McpReply")},
        STATUS[NotFound].value: {"content": content("McpReply")},
    },
    openapi_extra={
        "parameters": [STORE],
        "requestBody": request_body("McpMessage"),
    },
)
async def mcp(request: Request, context: ContextDep) -> Response:
    """The tools `search` and `fetch` for assistants: one JSON-RPC message, and its answer."""
    body = await read_body(request)
    server: McpServer = request.app.state.operations().mcp
    reply = await encode_off_loop(
        request,
        1,
        server.answer,
        body,
        {**request.headers},
        context,
        vector_store_id=request.query_params.get("vector_store_id"),
        base_url=f"{str(request.base_url).rstrip('/')}/v1",
    )
    return Response(reply.body, reply.status, media_type="application/json")

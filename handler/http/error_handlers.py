"""Errors to responses. This is the only file with status codes.

The body is OpenAI's: `{"error": {"message": …, "type": …, "param": …, "code": …}}`. All four keys
are required; the last two may be null. (OpenAI's API reference, "Error codes") It is a dict, and
`schemas.Errors` documents it: the first request of a cold start may be wrong, and should not wait
for an import.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from handler.errors import (
    ApiError,
    Forbidden,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    NotReady,
    RequestTimeout,
    RequestTooLarge,
    TooBusy,
    Unauthorized,
    UnsupportedEncoding,
    UnusableStore,
    WrongStore,
)
from handler.http.content_encoding import ACCEPTED
from handler.http.methods import allowed_methods
from handler.http.openapi import content
from handler.http.path_prefix import path_prefix

OK, FOUND = HTTPStatus.OK.value, HTTPStatus.FOUND.value
NOT_MODIFIED = HTTPStatus.NOT_MODIFIED.value
FAILED = HTTPStatus.INTERNAL_SERVER_ERROR.value
CLIENT_GONE = 499  # nginx's, for its log: the client hung up before the answer

log = logging.getLogger(__name__)

STATUS: dict[type[ApiError], HTTPStatus] = {
    InvalidRequest: HTTPStatus.BAD_REQUEST,
    Unauthorized: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    RequestTimeout: HTTPStatus.REQUEST_TIMEOUT,
    RequestTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedEncoding: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    WrongStore: HTTPStatus.CONFLICT,
    UnusableStore: HTTPStatus.SERVICE_UNAVAILABLE,
    TooBusy: HTTPStatus.TOO_MANY_REQUESTS,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
}
TYPES: dict[type[ApiError], str] = {
    TooBusy: "rate_limit_error",
    UnusableStore: "server_error",
    NotReady: "server_error",
}

# What an answer must have in a header. RFC 9110: 15.5.2, how to authenticate; 15.5.16, the codings
# that would be accepted.
CURES: dict[type[ApiError], dict[str, str]] = {
    Unauthorized: {"www-authenticate": "Bearer"},
    UnsupportedEncoding: {"accept-encoding": ACCEPTED},
}


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error of `app` in the one shape."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _routing_error)
    app.add_exception_handler(ClientDisconnect, _client_gone)
    app.add_exception_handler(Exception, _bug)


def documented(
    answer: str | dict[str, Any], *errors: type[ApiError]
) -> dict[int | str, dict[str, Any]]:
    """A route's documentation for FastAPI's `responses`.

    answer: the name of a model in a file of schemas, or the documentation of another body.
    """
    failed = {"content": content("Errors")}
    return {
        OK: {"content": content(answer) if isinstance(answer, str) else answer},
        **{STATUS[error].value: failed for error in errors},
        "default": {**failed, "description": "Any other error"},
    }


def describe(error: ApiError) -> tuple[HTTPStatus, dict[str, Any]]:
    """The error's status and body."""
    fields = {
        "message": error.message,
        "type": _type(error),
        "param": error.param,
        "code": error.code,
    }
    return STATUS[type(error)], {"error": fields}


def error_label(error: ApiError) -> str:
    """What metrics count the error by: its code, or its type if it has no code."""
    return error.code or _type(error)


def _type(error: ApiError) -> str:
    return TYPES.get(type(error), "invalid_request_error")


async def _api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error, CURES.get(type(error)))


async def _routing_error(request: Request, error: Exception) -> Response:
    """The router's two errors: an unknown route, and a method that the route does not take."""
    assert isinstance(error, HTTPException)
    asked = f"{request.method} {request.state.asked_path[:100]}"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(allowed_methods(request.app.routes, request.scope))
        wrong = MethodNotAllowed(
            f"Not allowed: {asked}. The route takes {allowed}.", code="method_not_supported"
        )
        return error_response(wrong, {"allow": allowed})
    cure = ""
    if before := path_prefix(request.app.routes, request.scope):
        cure = (
            f" If a stage, a custom domain or a proxy puts {before[:100]} before the path, set "
            f"API_BASE_PATH={before[:100]}."
        )
    return error_response(
        NotFound(
            f"Unknown route: {asked}. Embeddings are at POST /v1/embeddings; "
            f"GET /docs lists the other routes.{cure}",
            code="unknown_url",
        )
    )


async def _client_gone(request: Request, error: Exception) -> Response:
    """The client hung up. No client reads this, but the log has the status."""
    return Response(status_code=CLIENT_GONE)


async def _bug(request: Request, error: Exception) -> Response:
    """A bug of ours. The traceback goes to the log, not to the caller."""
    log.error("unhandled error", exc_info=error)
    fields = {
        "message": "The server failed on this request. The failure has been logged.",
        "type": "server_error",
        "param": None,
        "code": None,
    }
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return ErrorResponse({"error": fields}, status, {}, label="server_error")


def error_response(error: ApiError, headers: dict[str, str] | None = None) -> Response:
    """The answer to an error, for what is around or beside the routes."""
    status, body = describe(error)
    # OpenAI's clients retry some statuses unless told otherwise. A mistake would only fail again.
    retry = {"x-should-retry": "false"}
    if isinstance(error, NotReady):
        retry = {"retry-after": "1"}
    elif isinstance(error, TooBusy):
        retry = {"retry-after": str(error.retry_after)}
    return ErrorResponse(body, status, {**retry, **(headers or {})}, label=error_label(error))


class ErrorResponse(Response):
    """An error's answer. It notes in the request's context what the request was refused for."""

    media_type = "application/json"

    def __init__(
        self, body: dict[str, Any], status: HTTPStatus, headers: dict[str, str], *, label: str
    ) -> None:
        """label: what metrics count the error by."""
        super().__init__(orjson.dumps(body), status, headers=headers)
        self._label = label

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if context := scope.get("state", {}).get("context"):
            context.refusal = self._label
        await super().__call__(scope, receive, send)

"""The access log: give each HTTP request its context, and write its log line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handler.errors import NotReady
from handler.event_kinds import decodes_answers, is_from_gateway, is_from_load_balancer
from handler.http.content_encoding import accepts_gzip
from handler.http.error_handlers import FAILED, STATUS
from handler.http.route_names import method_name
from handler.limits import GATEWAY_SECONDS, MAX_ANSWER, MAX_ANSWER_ALB
from handler.request_context import RequestContext, deadline, ending, request_id

# Called at a request's end with its context, route and status.
Observe = Callable[[RequestContext, str, int], None]


class AccessLog:
    """ASGI middleware. It is the outermost, so that it also sees the answer to a failure."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        route_name: Callable[[Scope], str],
        fingerprint: str,
        namespace: str | None,
        observe: Observe | None = None,
    ) -> None:
        """route_name: asked at a request's end, with the scope as the application left it."""
        self._app = app
        self._route_name = route_name
        self._fingerprint = fingerprint
        self._namespace = namespace
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = _request_context(scope)
        scope.setdefault("state", {})["context"] = context
        status = FAILED  # until an answer begins

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = context.request_id
                headers["openai-processing-ms"] = str(round(context.milliseconds))
            await send(message)

        try:
            with ending(context.deadline):
                await self._app(scope, receive, send_with_headers)
        except asyncio.CancelledError:
            if status == FAILED:
                status = STATUS[NotReady].value  # the server ends, and answers so itself
            raise
        finally:
            context.at_end.close()
            route = self._route_name(scope)
            context.log(route, status, fingerprint=self._fingerprint, namespace=self._namespace)
            if self._observe:
                self._observe(context, route, status)


def _request_context(scope: Scope) -> RequestContext:
    headers, event = Headers(scope=scope), scope.get("aws.event")
    lambda_context = scope.get("aws.context")
    alb = is_from_load_balancer(event)
    return RequestContext(
        request_id(headers.get("x-request-id"), lambda_context),
        deadline=deadline(lambda_context, most=GATEWAY_SECONDS if is_from_gateway(event) else None),
        method=method_name(scope["method"]),
        answer_limit=None if event is None else MAX_ANSWER_ALB if alb else MAX_ANSWER,
        is_alone=event is not None,  # Lambda sends an instance one request at a time
        takes_gzip=decodes_answers(event)
        and accepts_gzip(",".join(headers.getlist("accept-encoding"))),
    )

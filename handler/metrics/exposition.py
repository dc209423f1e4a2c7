"""GET /metrics: the metrics in Prometheus' format, or in that of OpenMetrics if it is asked for."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from starlette.routing import BaseRoute

from handler.errors import Unauthorized
from handler.http.dependencies import REQUIRE_KEY
from handler.http.error_handlers import documented

# When each series began: another series for each, which says nothing that `rate` needs.
disable_created_metrics()  # type: ignore[no-untyped-call]

ANSWER = {"content": {"text/plain": {"schema": {"type": "string"}}}}


def metrics_routes(registry: CollectorRegistry) -> list[BaseRoute]:
    """The route of these metrics."""
    router = APIRouter(tags=["health"], dependencies=REQUIRE_KEY)
    # Not on the event loop: collecting them may wait for the store.
    thread = ThreadPoolExecutor(1, "metrics")

    def render(accept: str) -> tuple[bytes, str]:
        try:
            encode, content_type = choose_encoder(accept)
        except Exception:  # the library does not expect every header
            encode, content_type = choose_encoder("")
        return encode(registry), content_type

    @router.get(
        "/metrics",
        summary="Metrics for Prometheus",
        responses=documented(ANSWER["content"], Unauthorized),
    )
    async def metrics(request: Request) -> Response:
        """What the server counts, as docs/operating.md lists it. The local server only."""
        accept = ",".join(request.headers.getlist("accept"))
        loop = asyncio.get_running_loop()
        text, content_type = await loop.run_in_executor(thread, render, accept)
        return Response(text, media_type=content_type)

    return router.routes

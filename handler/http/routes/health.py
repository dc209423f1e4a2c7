"""GET /health and GET /ready: whether the server answers, and whether its model is right."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from handler.errors import NotReady
from handler.http.concurrency import check_readiness
from handler.http.dependencies import EmbeddingsDep
from handler.http.error_handlers import documented

router = APIRouter(tags=["health"])


@router.get("/health", summary="Liveness", responses=documented("Status"))
@router.get("/v1", include_in_schema=False)
async def health() -> Response:
    """`{"status": true}` whenever the process answers. Does not touch the model."""
    from handler.http.schemas import Status  # not at every cold start

    return JSONResponse(Status(status=True).model_dump())


@router.get("/ready", summary="Readiness", responses=documented("Ready", NotReady))
async def ready(request: Request, embeddings: EmbeddingsDep) -> Response:
    """503 unless a reference text embeds correctly. It is tried once a second, at most."""
    canary = await check_readiness(request)
    if not canary.passed:
        raise NotReady(
            f"The model gives a wrong vector: its cosine to the reference is {canary.cosine:.4f}; "
            f"the minimum is {canary.minimum_cosine}. Restart the server, or deploy it again."
        )
    from handler.http.schemas import Ready  # not at every cold start

    fingerprint = embeddings.encoder.bundle.fingerprint
    answer = Ready(status=True, cosine=canary.cosine, fingerprint=fingerprint)
    return JSONResponse(answer.model_dump())

"""Is it alive, and is it right?"""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from handler.errors import NotReady
from handler.http.dependencies import ContextDep, EmbeddingsDep, work
from handler.http.error_handlers import documented

router = APIRouter(tags=["health"])


@router.get("/health", summary="Liveness", responses=documented("Status"))
@router.head("/health", include_in_schema=False)  # what uptime monitors send
@router.get("/v1/", include_in_schema=False)
@router.get("/v1", include_in_schema=False)
async def health() -> Response:
    """`{"status": true}`, if anything answers at all. Does not touch the model."""
    from handler.http.schemas import Status  # here, and not at each cold start

    return JSONResponse(Status(status=True).model_dump())


@router.get("/ready", summary="Readiness", responses=documented("Ready", NotReady))
async def ready(embeddings: EmbeddingsDep, context: ContextDep) -> Response:
    """Embed a text whose vector is known, and compare."""
    canary = await work(context, embeddings.encoder.try_canary)
    if not canary.passed:
        raise NotReady(
            f"The model gives a wrong vector, with cosine {canary.cosine:.4f} to its reference; "
            f"{canary.minimum_cosine} is the least. Start it again, or deploy it again."
        )
    from handler.http.schemas import Ready  # here, and not at each cold start

    fingerprint = embeddings.encoder.bundle.fingerprint
    answer = Ready(status=True, cosine=canary.cosine, fingerprint=fingerprint)
    return JSONResponse(answer.model_dump())

"""Is it alive, and is it right?"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from handler.error_handlers import documented
from handler.errors import NotReady
from handler.routes.deps import CallDep, EmbeddingsDep, work
from handler.schemas import Ready, Status

router = APIRouter(tags=["health"])


@router.get("/health", summary="Liveness", response_model=Status)
@router.head("/health", include_in_schema=False)  # what uptime monitors send
@router.get("/v1/", include_in_schema=False)
@router.get("/v1", include_in_schema=False)
async def health() -> dict[str, bool]:
    """`{"status": true}`, if anything answers at all. Does not touch the model."""
    return {"status": True}


@router.get("/ready", summary="Readiness", response_model=Ready, responses=documented(NotReady))
async def ready(embeddings: EmbeddingsDep, call: CallDep) -> dict[str, Any]:
    """Embed a text whose vector is known, and compare."""
    canary = await work(call, embeddings.encoder.try_canary)
    if not canary.passed:
        raise NotReady(
            f"The model gives a wrong vector, with cosine {canary.cosine:.4f} to its reference; "
            f"{canary.least} is the least. Start it again, or deploy it again."
        )
    fingerprint = embeddings.encoder.bundle.fingerprint
    return {"status": True, "cosine": canary.cosine, "fingerprint": fingerprint}

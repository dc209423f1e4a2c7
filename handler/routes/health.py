"""Is it alive? Answered without touching the model."""

from __future__ import annotations

from fastapi import APIRouter

from handler.schemas import Status

router = APIRouter(tags=["health"])


@router.get("/health", summary="Liveness", response_model=Status)
@router.head("/health", include_in_schema=False)  # what uptime monitors send
@router.get("/v1/", include_in_schema=False)
@router.get("/v1", include_in_schema=False)
async def health() -> dict[str, bool]:
    """`{"status": true}`, if anything answers at all."""
    return {"status": True}

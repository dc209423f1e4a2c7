"""GET /v1/models: the one model, its limits, and the fingerprint of its vector space."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from handler.calls import Call
from handler.embeddings import MODEL_NAMES, SERVED_MODEL, Embeddings, unknown_model
from handler.error_handlers import documented
from handler.errors import NotFound, Unauthorized
from handler.limits import MAX_BODY, MAX_IDS, MAX_IDS_IN_ALL, MAX_INPUTS
from handler.routes.deps import KEY, CallDep, EmbeddingsDep
from handler.schemas import Model, ModelList

CREATED = 1_630_281_600  # 2021-08-30, when the model was published

router = APIRouter(tags=["models"], dependencies=KEY)


@router.get(
    "/v1/models",
    summary="List the models",
    response_model=ModelList,
    responses=documented(Unauthorized),
)
async def list_models(embeddings: EmbeddingsDep, call: CallDep) -> dict[str, Any]:
    """The models there are: one."""
    return {"object": "list", "data": [_describe(embeddings, call)]}


@router.get(
    "/info",
    summary="Describe the model",
    response_model=Model,
    responses=documented(Unauthorized),
)
async def info(embeddings: EmbeddingsDep, call: CallDep) -> dict[str, Any]:
    """The one model there is: what a client may want to know before it sends much."""
    return _describe(embeddings, call)


@router.get(
    "/v1/models/{model:path}",
    summary="Describe a model",
    response_model=Model,
    responses=documented(Unauthorized, NotFound),
)
async def retrieve_model(model: str, embeddings: EmbeddingsDep, call: CallDep) -> dict[str, Any]:
    """The model by its name, with or without `sentence-transformers/`."""
    if model not in MODEL_NAMES:
        raise unknown_model(model)
    return _describe(embeddings, call)


def _describe(embeddings: Embeddings, call: Call) -> dict[str, Any]:
    bundle = embeddings.encoder.bundle
    return {
        "id": SERVED_MODEL,
        "object": "model",
        "created": CREATED,
        "owned_by": "sentence-transformers",
        "precision": bundle.precision,
        "fingerprint": bundle.fingerprint,
        "limits": {
            "dimensions": bundle.dimensions,
            "tokens_read_per_input": bundle.max_tokens,
            "inputs_per_request": MAX_INPUTS,
            "token_ids_per_input": MAX_IDS,
            "token_ids_per_request": MAX_IDS_IN_ALL,
            "request_bytes": MAX_BODY,
            "answer_bytes": call.answer_limit,
        },
    }

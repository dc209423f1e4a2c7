"""GET /v1/models and GET /info: what the model is, its limits, the fingerprint of its vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from handler.embeddings.operations import SERVED_MODEL, EmbeddingOperations
from handler.errors import NotFound, Unauthorized
from handler.http.dependencies import REQUIRE_KEY, ContextDep, EmbeddingsDep
from handler.http.error_handlers import documented
from handler.limits import MAX_BODY, MAX_INPUTS, MAX_TOKEN_IDS, MAX_TOKEN_IDS_PER_REQUEST
from handler.request_context import RequestContext

if TYPE_CHECKING:
    from handler.http.schemas import Model

CREATED = 1_630_281_600  # 2021-08-30: the model's publication

NAME = {"name": "model", "in": "path", "required": True, "schema": {"type": "string"}}

router = APIRouter(tags=["models"], dependencies=REQUIRE_KEY)


@router.get(
    "/v1/models",
    summary="List the models",
    responses=documented("ModelList", Unauthorized),
)
async def list_models(embeddings: EmbeddingsDep, context: ContextDep) -> Response:
    """The list of models: one."""
    from handler.http.schemas import ModelList  # not at every cold start

    models = ModelList(object="list", data=[_describe(embeddings, context)])
    return JSONResponse(models.model_dump())


@router.get(
    "/info",
    summary="Describe the model",
    responses=documented("Model", Unauthorized),
)
async def info(embeddings: EmbeddingsDep, context: ContextDep) -> Response:
    """The model, for clients that do not know its name."""
    return JSONResponse(_describe(embeddings, context).model_dump())


@router.get(
    "/v1/models/{model:path}",
    summary="Describe a model",
    responses=documented("Model", Unauthorized, NotFound),
    openapi_extra={"parameters": [NAME]},
)
async def retrieve_model(
    request: Request, embeddings: EmbeddingsDep, context: ContextDep
) -> Response:
    """The model, by any name that an embeddings request may give it."""
    embeddings.check_model(request.path_params["model"])
    return JSONResponse(_describe(embeddings, context).model_dump())


def _describe(embeddings: EmbeddingOperations, context: RequestContext) -> Model:
    from handler.embeddings.model_facts import DESCRIPTION, LANGUAGE, LANGUAGES, LICENSE
    from handler.http.schemas import Language, Limits, Model

    bundle = embeddings.encoder.bundle
    return Model(
        id=SERVED_MODEL,
        object="model",
        created=CREATED,
        owned_by="sentence-transformers",
        description=DESCRIPTION,
        license=LICENSE,
        language=LANGUAGE,
        languages={code: Language(**vars(facts)) for code, facts in LANGUAGES.items()},
        precision=bundle.precision,
        fingerprint=bundle.fingerprint,
        limits=Limits(
            dimensions=bundle.dimensions,
            tokens_read_per_input=bundle.max_tokens,
            inputs_per_request=MAX_INPUTS,
            token_ids_per_input=MAX_TOKEN_IDS,
            token_ids_per_request=MAX_TOKEN_IDS_PER_REQUEST,
            request_bytes=MAX_BODY,
            answer_bytes=context.answer_limit,
        ),
    )

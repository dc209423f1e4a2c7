"""/openapi.json: what the routes accept and answer.

Routes name models of other modules; what these say is put together when it is first asked for,
since the making of FastAPI's `response_model`s would be a twentieth of a cold start.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

REF = "#/components/schemas/{model}"


class DocumentedApp(FastAPI):
    """A FastAPI application whose routes refer to their models by name."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            super().openapi()["components"]["schemas"] = _schemas()
        return super().openapi()


def content(model: str) -> dict[str, Any]:
    """The documentation of a JSON body of this model."""
    return {"application/json": {"schema": {"$ref": REF.format(model=model)}}}


def _schemas() -> dict[str, Any]:
    """The JSON schema of each model, by name."""
    from pydantic.json_schema import models_json_schema

    from handler.embeddings import schemas as embedding_schemas
    from handler.embeddings.request import EmbeddingRequest
    from handler.http import schemas
    from handler.vector_stores import schemas as store_schemas
    from handler.vector_stores.search_request import SearchRequest

    files = (embedding_schemas, schemas, store_schemas)
    answers = [getattr(file, name) for file in files for name in file.__all__]
    _, definitions = models_json_schema(
        [
            (EmbeddingRequest, "validation"),
            (SearchRequest, "validation"),
            *((model, "serialization") for model in answers),
        ],
        ref_template=REF,
    )
    by_name: dict[str, Any] = definitions["$defs"]
    return by_name

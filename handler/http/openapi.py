"""/openapi.json: what the routes accept and answer.

Routes refer to models and parameters by name. Their schemas are built at the first request for
/openapi.json: FastAPI's `response_model`s would be a twentieth of a cold start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from pydantic import BaseModel

SCHEMA = "#/components/schemas/{model}"
PARAMETER = "#/components/parameters/{name}"


class DocumentedApp(FastAPI):
    """A FastAPI application whose routes refer to their models by name.

    Some routes are built when a path is asked for that the others do not have: to build one takes
    half a millisecond.
    """

    def __init__(self, *, more_routes: Callable[[], Iterable[BaseRoute]], **options: Any) -> None:
        """more_routes: called once."""
        super().__init__(openapi_url=None, **options)  # `routes.docs` answers there
        self.document: dict[str, Any] | None = None  # once `openapi` has built it
        self._more_routes: Callable[[], Iterable[BaseRoute]] | None = more_routes
        self._not_found = self.router.default
        self.router.default = self._look_further

    @property
    def routes(self) -> list[BaseRoute]:
        """All of them."""
        if self._more_routes:
            more, self._more_routes = self._more_routes, None
            self.router.routes += more()
        return self.router.routes

    async def _look_further(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a path that none of the routes built so far has."""
        if self._more_routes:
            _ = self.routes  # builds them
            await self.router(scope, receive, send)
        else:
            await self._not_found(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The document, built once: it takes a sixth of a second. Not thread-safe."""
        if self.document is None:
            document = super().openapi()
            document["components"].update(schemas=_schemas(), parameters=_parameters())
            self.document = document
        return self.document


def content(model: str, media_type: str = "application/json") -> dict[str, Any]:
    """The documentation of a body, by the name of its model."""
    return {media_type: {"schema": {"$ref": SCHEMA.format(model=model)}}}


def request_body(model: str, media_type: str = "application/json") -> dict[str, Any]:
    """The documentation of a request's body, by the name of its model."""
    return {"required": True, "content": content(model, media_type)}


def parameter(name: str) -> dict[str, Any]:
    """The documentation of a list's query parameter, by its name."""
    return {"$ref": PARAMETER.format(name=name)}


def _parameters() -> dict[str, Any]:
    """The query parameters of lists, by name; of those of files, by `files_` and name."""
    from handler.objects.pagination import FilePage, Page

    parameters = {}
    for prefix, page in (("", Page), ("files_", FilePage)):
        for name, schema in page.model_json_schema()["properties"].items():
            if schema["default"] is None:
                del schema["default"]
            described = {"name": name, "in": "query", "required": False, "schema": schema}
            parameters[prefix + name] = described
    return parameters


def _schemas() -> dict[str, Any]:
    """The JSON schema of each model, by name."""
    from pydantic.json_schema import models_json_schema

    _, definitions = models_json_schema(
        [
            *((model, "validation") for model in _requests()),
            *((model, "serialization") for model in _answers()),
        ],
        ref_template=SCHEMA,
    )
    by_name: dict[str, Any] = definitions["$defs"]
    return by_name


def _answers() -> list[type[BaseModel]]:
    from handler.embeddings import schemas as embedding_schemas
    from handler.files import schemas as file_schemas
    from handler.http import schemas
    from handler.mcp import schemas as mcp_schemas
    from handler.vector_stores import schemas as store_schemas

    rooms = (embedding_schemas, schemas, file_schemas, mcp_schemas, store_schemas)
    return [getattr(room, name) for room in rooms for name in room.__all__]


def _requests() -> tuple[type[BaseModel], ...]:
    from handler.embeddings.request import EmbeddingRequest, TokenizeRequest
    from handler.files.file_request import FileForm
    from handler.files.upload_request import NewUpload, PartForm, UploadCompletion
    from handler.mcp.schemas import McpMessage
    from handler.vector_stores.batch_request import BatchRequest
    from handler.vector_stores.file_request import AttachRequest, AttributesRequest
    from handler.vector_stores.search_request import SearchRequest
    from handler.vector_stores.store_request import StoreChange, StoreRequest

    return (
        EmbeddingRequest,
        TokenizeRequest,
        FileForm,
        NewUpload,
        PartForm,
        UploadCompletion,
        SearchRequest,
        StoreRequest,
        StoreChange,
        AttachRequest,
        AttributesRequest,
        BatchRequest,
        McpMessage,
    )

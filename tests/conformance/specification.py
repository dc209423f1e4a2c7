"""OpenAI's published specification: its routes, and what it says of an answer.

The file is not part of the project. OPENAI_SPEC names it; by default it is beside the checkout.
"""

from __future__ import annotations

import os
import re
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import orjson
from jsonschema import Draft202012Validator

from tests.paths import ROOT

DEFAULT = ROOT.parent / "shared" / "reference" / "openai-openapi.json"
METHODS = ("get", "post", "delete")
# Fields of ours in objects that the specification closes. Its other objects may have any.
EXTENSIONS = {
    "VectorStoreSearchResultItem": (
        "chunk", "cosine", "end", "heading", "page", "source", "start", "text_rank"
    ),
    "VectorStoreSearchResultsPage": ("warnings",),
}  # fmt: skip

# What a request may ask for, and the schema of the answer forgets: amended before it is used.
AMENDMENTS = (
    "an embedding may be a string, as encoding_format=base64 asks for",
    "the purpose of a file may be 'evals', as that of a request may",
)


def path() -> Path | None:
    """Where the specification is, if it is there."""
    found = Path(os.environ.get("OPENAI_SPEC") or DEFAULT)
    return found if found.is_file() else None


@dataclass(frozen=True, order=True)
class Route:
    """A route of the specification."""

    path: str  # with {names}
    method: str

    @property
    def resource(self) -> str:
        """What it is about: the last name in its path that is a noun of the API."""
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return "/".join(parts[:2]) if parts[0] == "vector_stores" else parts[0]

    def matches(self, method: str, asked: str) -> bool:
        """Whether a request is one to this route."""
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", self.path)
        return method.lower() == self.method and re.fullmatch(pattern, asked) is not None


class Specification:
    """The specification in a file."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    @classmethod
    def read(cls, file: Path) -> Self:
        """That of a file."""
        return cls(orjson.loads(file.read_bytes()))

    @cached_property
    def routes(self) -> list[Route]:
        """All routes, sorted."""
        return sorted(
            Route(path, method)
            for path, methods in self._document["paths"].items()
            for method in methods
            if method in METHODS
        )

    def route(self, method: str, asked: str) -> Route | None:
        """The route of a request. asked: its path, without /v1."""
        return next((one for one in self.routes if one.matches(method, asked)), None)

    def fields(self, route: Route) -> set[str]:
        """The fields of the request: those of the body, and the parameters of the query."""
        operation = self._document["paths"][route.path][route.method]
        names = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            names |= set(self.resolved(content["schema"]).get("properties", {}))
        return names

    def body_schema(self, route: Route) -> dict[str, Any] | None:
        """The schema of a JSON body, if the route takes one."""
        operation = self._document["paths"][route.path][route.method]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return self.resolved(content["schema"]) if content else None

    def errors(self, route: Route, status: int, answer: object) -> list[str]:
        """What is wrong with an answer. The content of a file is not JSON, and never wrong."""
        if status >= 400:
            schema: dict[str, Any] = {"$ref": "#/components/schemas/ErrorResponse"}
        else:
            operation = self._document["paths"][route.path][route.method]
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**schema, "components": self._components})
        found = validator.iter_errors(answer)
        return [f"{error.json_path}: {error.message[:200]}" for error in found]

    @cached_property
    def _components(self) -> dict[str, Any]:
        """The schemas, with the amendments, and our extensions in the objects that are closed."""
        components: dict[str, Any] = deepcopy(self._document["components"])
        schemas = components["schemas"]
        for name, fields in EXTENSIONS.items():
            schemas[name]["properties"] |= {field: {} for field in fields}
        embedding = schemas["Embedding"]["properties"]
        embedding["embedding"] = {"anyOf": [embedding["embedding"], {"type": "string"}]}
        schemas["OpenAIFile"]["properties"]["purpose"]["enum"].append("evals")
        return components

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that a reference means; any other as it is."""
        schemas: dict[str, dict[str, Any]] = self._document["components"]["schemas"]
        while "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        return schema

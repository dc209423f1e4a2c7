"""Searches without HTTP: from a request's fields to the decoded answer."""

from __future__ import annotations

from typing import Any

import orjson

from handler.request_context import RequestContext
from handler.vector_stores.search import VectorSearch


def ask(
    search: VectorSearch, context: RequestContext | None = None, **request: object
) -> dict[str, Any]:
    """The answer to the request."""
    answer = search.search(None, request, context or RequestContext("id"))
    body: dict[str, Any] = orjson.loads(answer.body)
    return body

"""Schemathesis on /openapi.json: requests that it allows, others, and checks of the answers.

A 5xx fails, and so does a status, a body or a content type that is not documented.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import hypothesis
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from handler.api import app

Test = TypeVar("Test", bound=Callable[..., None])

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    positive_data_acceptance,
]

schema = schemathesis.openapi.from_asgi("/openapi.json", app)
# Without keys, since this server needs none.
schema.config.generation.update(modes=list(GenerationMode), with_security_parameters=False)


def requests_for(path_regex: str, *, examples: int) -> Callable[[Test], Test]:
    """A decorator: run a test with `examples` requests for each route that the pattern finds."""

    def decorate(test: Test) -> Test:
        settings = hypothesis.settings(
            max_examples=examples, suppress_health_check=list(hypothesis.HealthCheck)
        )
        routes = schema.include(path_regex=path_regex)
        return cast(Test, routes.parametrize()(settings(test)))

    return decorate


def overlaps_too_much(value: object) -> bool:
    """Whether a body has chunks that overlap by more than half: no schema says how far they may."""
    if isinstance(value, dict):
        sizes = [value.get(f"{name}_tokens") for name in ("max_chunk_size", "chunk_overlap")]
        if all(isinstance(size, int | float) for size in sizes):
            return bool(2 * sizes[1] > sizes[0])  # type: ignore[operator]
        value = list(value.values())
    return isinstance(value, list) and any(map(overlaps_too_much, value))


def check(case: schemathesis.Case[Any], **target: Any) -> None:
    """Send the request (to `app=`, if given), and check the answer."""
    hypothesis.assume(not overlaps_too_much(case.body))
    response = case.call(**target)
    # A body over six megabytes is refused for its size, whatever else is wrong with it.
    rejection = [] if response.status_code == 413 else [negative_data_rejection]
    case.validate_response(response, checks=CHECKS + rejection)
    is_of_mcp = "jsonrpc" in response.text[:20]  # errors in another protocol's shape
    if response.status_code >= 400 and not is_of_mcp:
        assert set(response.json()) == {"error"}
        assert set(response.json()["error"]) == {"message", "type", "param", "code"}

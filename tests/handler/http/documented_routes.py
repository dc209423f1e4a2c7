"""Schemathesis on /openapi.json: requests that it allows, others, and checks of the answers.

A 5xx fails, and so does a status, a body or a content type that is not documented.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import hypothesis
import pytest
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


SETTINGS = hypothesis.settings(suppress_health_check=list(hypothesis.HealthCheck))


def requests_for(path_regex: str) -> Callable[[Test], Test]:
    """A decorator: run a test for each route that the pattern finds, with ten random requests and
    those at the limits. They are made while tests are collected.
    """

    def decorate(test: Test) -> Test:
        routes = schema.include(path_regex=path_regex)
        return cast(
            Test, routes.parametrize()(hypothesis.settings(SETTINGS, max_examples=10)(test))
        )

    return decorate


def each_route(path_regex: str) -> Callable[[Test], Test]:
    """A decorator: run a test with `route=` each route that the pattern finds."""
    found: Any = schema.include(path_regex=path_regex).get_all_operations()
    routes = [route.ok() for route in found]
    return pytest.mark.parametrize("route", routes, ids=[route.label for route in routes])


def send_many(route: Any, check: Callable[[Any], None], *, examples: int) -> None:
    """Call `check` with random requests, which are made only now."""
    kinds = [route.as_strategy(generation_mode=mode) for mode in GenerationMode]
    settings = hypothesis.settings(SETTINGS, max_examples=examples)

    @settings
    @hypothesis.given(hypothesis.strategies.one_of(kinds))
    def send(case: Any) -> None:
        check(case)

    send()


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

"""/openapi.json describes exactly what the routes accept and answer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import schemathesis
from starlette.testclient import TestClient

from handler.api import app
from tests.handler.http.documented_routes import check, each_route, requests_for, send_many


# Those of stores answer alike here, where there is none; the slow test asks all of them.
@requests_for("^/(?!v1/(files|uploads|vector_stores/))")
def test_routes_do_what_is_documented(case: schemathesis.Case[Any]) -> None:
    check(case)


@pytest.mark.slow
@each_route(".")
def test_routes_do_what_is_documented_for_many_requests(route: Any) -> None:
    send_many(route, check, examples=300)


@pytest.mark.parametrize("kind", ["schemas", "parameters"])
def test_a_component_is_described_if_and_only_if_a_route_refers_to_it(kind: str) -> None:
    document = TestClient(app).get("/openapi.json").text
    described = set(json.loads(document)["components"][kind])
    assert set(re.findall(rf'"#/components/{kind}/(\w+)"', document)) == described

"""/openapi.json describes the vector store routes of a server that has a store.

(tests/handler/http/test_openapi.py has the same of a server that has none.)
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from starlette.testclient import TestClient

from tests.handler.http.documented_routes import check, requests_for
from tests.library import CATS

STORE_ROUTES = "^/v1/vector_stores"


def check_in_store(case: schemathesis.Case[Any], store_client: TestClient) -> None:
    there = {"vector_store_id": "library", "file_id": CATS.id}
    case.path_parameters = {name: there[name] for name in case.path_parameters}
    check(case, app=store_client.app)


@requests_for(STORE_ROUTES, examples=10)
def test_store_routes_do_what_is_documented(
    case: schemathesis.Case[Any], store_client: TestClient
) -> None:
    check_in_store(case, store_client)


@pytest.mark.slow
@requests_for(STORE_ROUTES, examples=100)
def test_store_routes_do_what_is_documented_for_many_requests(
    case: schemathesis.Case[Any], store_client: TestClient
) -> None:
    check_in_store(case, store_client)

"""Pages of configured sites may call; a refused preflight says why, and what to do."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from handler.api import embeddings
from handler.http.app import create_app
from handler.settings import Settings
from tests.handler.http.error_shape import assert_error

SITE = "https://a.example"


def browser(*origins: str) -> TestClient:
    return TestClient(create_app(embeddings, Settings(cors_origins=origins)))


def asks(origin: str = SITE, method: str = "POST", **more: str) -> dict[str, str]:
    """The headers of a preflight."""
    headers = {"origin": origin, "access-control-request-method": method}
    return headers | {f"access-control-request-{key}": value for key, value in more.items()}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize("origins", [(SITE,), ("*",)])
def test_pages_of_an_allowed_site_may_send(origins: tuple[str, ...], method: str) -> None:
    headers = asks(method=method, headers="authorization,x-odd")
    answer = browser(*origins).options("/v1/embeddings", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] in (SITE, "*")
    assert method in answer.headers["access-control-allow-methods"]
    assert "x-odd" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-private-network" not in answer.headers


def test_a_public_page_of_an_allowed_site_may_call_a_private_network() -> None:
    headers = asks(**{"private-network": "true"})
    answer = browser(SITE).options("/v1/embeddings", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-private-network"] == "true"
    refused = browser(SITE).options("/", headers=headers | {"origin": "https://b.example"})
    assert refused.status_code == 400
    assert "access-control-allow-private-network" not in refused.headers


@pytest.mark.parametrize("origins", [(), (SITE,)])
@pytest.mark.parametrize("origin", ["https://b.example", "null", "http://a.example"])
def test_a_refused_site_is_told_why(origins: tuple[str, ...], origin: str) -> None:
    answer = browser(*origins).options("/v1/embeddings", headers=asks(origin))
    error = assert_error(answer, 400)
    assert error["code"] == "cors_not_allowed"
    assert origin in error["message"]
    assert "CORS_ALLOW_ORIGINS" in error["message"]
    assert "access-control-allow-origin" not in answer.headers
    assert "Origin" in answer.headers["vary"]


def test_a_refused_method_is_named() -> None:
    error = assert_error(browser(SITE).options("/", headers=asks(method="PATCH")), 400)
    assert error["message"] == "Pages may not send PATCH; they may send DELETE, GET, HEAD, POST."


@pytest.mark.parametrize("origins", [(SITE,), ("*",)])
@pytest.mark.parametrize("headers", [{}, {"origin": SITE}, {"origin": "https://b.example"}])
def test_caches_keep_the_answers_of_sites_apart(
    origins: tuple[str, ...], headers: dict[str, str]
) -> None:
    answer = browser(*origins).get("/health", headers=headers)
    assert answer.headers["vary"] == "Origin"


def test_other_options_are_a_route_s_business() -> None:
    answer = browser().options("/v1/embeddings", headers={"origin": SITE})
    assert_error(answer, 405)

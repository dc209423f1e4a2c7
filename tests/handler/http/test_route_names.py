"""Every path that exists has its route's name in the log and the metrics, whatever is asked."""

from __future__ import annotations

import re

import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from handler.api import embeddings
from handler.http.app import create_app
from handler.http.cors import Cors
from handler.http.host_check import HostCheck
from handler.http.openapi import DocumentedApp
from handler.metrics.exposition import metrics_routes
from handler.request_context import RequestContext
from handler.settings import Settings

SITE = "https://a.example"
PREFLIGHT = {"origin": SITE, "access-control-request-method": "GET"}
# The middleware that answers some of them asks no router.
ASKED = {
    **{method: (method, {}) for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE", "PUT")},
    "preflight": ("OPTIONS", PREFLIGHT),
    "refused preflight": ("OPTIONS", {**PREFLIGHT, "origin": "https://b.example"}),
    "refused host": ("GET", {"host": "evil.example"}),
}


class Named:
    """An application, and the names that its requests were given."""

    def __init__(self, settings: Settings) -> None:
        self.names: list[str] = []
        app = create_app(
            embeddings,
            settings,
            guard=self._guard,
            routes=metrics_routes(CollectorRegistry()),
            observe=self._observe,
        )
        self.client = TestClient(app, raise_server_exceptions=False)

    def _guard(self, app: ASGIApp) -> ASGIApp:
        assert isinstance(app, Cors)
        assert isinstance(app.app, DocumentedApp)
        self.app = app.app
        return HostCheck(app, allowed_hosts=["testserver"], allowed_origins=[SITE])

    def _observe(self, context: RequestContext, route: str, status: int) -> None:
        self.names.append(route)

    def name(self, asked: str, path: str) -> str:
        method, headers = ASKED[asked]
        self.client.request(method, path, headers=headers)
        return self.names.pop()


@pytest.fixture(scope="module")
def named() -> Named:
    return Named(Settings(cors_origins=(SITE,)))


@pytest.mark.parametrize("asked", ASKED)
def test_every_route_is_named_by_its_path(named: Named, asked: str) -> None:
    paths = [str(getattr(route, "path", None)) for route in named.app.routes]
    assert {"/openapi.json", "/", "/docs/{name}", "/v1/files/{file_id}", "/metrics"} < {*paths}
    wrong = {}
    for path in dict.fromkeys(paths):
        if (name := named.name(asked, re.sub(r"\{[^}]*\}", "x", path))) != path:
            wrong[path] = name
    assert wrong == {}


@pytest.mark.parametrize("asked", ASKED)
def test_a_path_that_no_route_has_is_unknown(named: Named, asked: str) -> None:
    assert named.name(asked, "/nothing/openapi.json") == "unknown"


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("base", ["/", "/prod"])
def test_every_way_to_write_a_path_has_one_name(base: str, asked: str) -> None:
    named = Named(Settings(cors_origins=(SITE,), base_path=base))
    before = base.rstrip("/")
    for path in ("/v1/models", "/models", "/v1//models/", "/openai/v1/models"):
        assert named.name(asked, f"{before}{path}") == "/v1/models"
    assert named.name(asked, f"{before}/prod/health") == "unknown"


def test_a_preflight_builds_no_routes_that_it_is_not_for() -> None:
    named = Named(Settings(cors_origins=(SITE,)))
    built = len(named.app.router.routes)
    assert named.name("preflight", "/v1/embeddings") == "/v1/embeddings"
    assert len(named.app.router.routes) == built
    assert named.name("preflight", "/v1/files") == "/v1/files"
    assert len(named.app.router.routes) > built

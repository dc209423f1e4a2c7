"""A server without keys, on this machine only: who may call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from handler.api import embeddings
from handler.http.app import create_app
from handler.http.host_check import HostCheck
from handler.settings import Settings
from tests.handler.http.error_shape import assert_error

SITE = "https://a.example"
TEXT = {"content-type": "text/plain"}


def make(
    *, hosts: tuple[str, ...] = (), origins: tuple[str, ...] = (), is_private: bool = True
) -> TestClient:
    """A client of the application as `make serve` guards it."""

    def guard(app: ASGIApp) -> ASGIApp:
        return HostCheck(app, allowed_hosts=hosts, allowed_origins=origins, is_private=is_private)

    app = create_app(embeddings, Settings(cors_origins=origins), guard=guard)
    return TestClient(app, base_url="http://localhost:8444")


@pytest.fixture(scope="module")
def local() -> TestClient:
    return make()


def status(client: TestClient, host: str) -> int:
    return client.get("/v1/models", headers={"host": host}).status_code


# --- names of this machine


@pytest.mark.parametrize("port", ["", ":", ":8444", ":80"])
@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LocalHost", "localhost.", "docs.localhost", "host.docker.internal"),
        *("127.0.0.1", "127.255.255.254", "[::1]", "[0:0:0:0:0:0:0:1]"),
    ],
)
def test_names_of_this_machine_are_allowed(local: TestClient, host: str, port: str) -> None:
    assert status(local, host + port) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "notlocalhost", "127.0.0.1.nip.io", "0.0.0.0"),
        *("192.168.1.5", "[::]", "::1", "[::1", "localhost:80@evil.example", "evil@localhost", ""),
        *("localhost:8444, evil.example", "localhost/", "localhost:abc", "128.0.0.1", "127.1"),
    ],
)
def test_other_names_are_refused(local: TestClient, host: str) -> None:
    answer = local.get("/v1/models", headers={"host": host})
    error = assert_error(answer, 403)
    assert error["code"] == "host_not_allowed"
    assert repr(host) in error["message"]
    assert "ALLOWED_HOSTS" in error["message"]


# --- names of the network, where others can connect


@pytest.fixture(scope="module")
def reachable() -> TestClient:
    return make(is_private=False)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost:8444", "127.0.0.1:8444", "192.168.1.5:8444", "[2001:db8::1]:80", "0.0.0.0"),
        *("minilm:8444", "MiniLM", "minilm.default.svc.cluster.local:8444", "box.local."),
        *("embeddings.internal", "host.docker.internal:8444"),
    ],
)
def test_addresses_and_private_names_are_allowed_where_others_connect(
    reachable: TestClient, host: str
) -> None:
    assert status(reachable, host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "local.evil.example", "a.notlocal", "1.2.3", "127.0.0.1.nip.io", ""]
)
def test_public_names_are_refused_there_too(reachable: TestClient, host: str) -> None:
    error = assert_error(reachable.get("/v1/models", headers={"host": host}), 403)
    assert "is not a name of a private network" in error["message"]


def test_pages_of_other_sites_are_refused_there_too(reachable: TestClient) -> None:
    headers = {"host": "minilm:8444", "origin": SITE}
    assert_error(reachable.post("/v1/embeddings", json={"input": "a"}, headers=headers), 403)
    own = {"host": "minilm:8444", "origin": "http://minilm:8444"}
    assert reachable.post("/v1/embeddings", json={"input": "a"}, headers=own).status_code == 200


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
def test_any_host_is_allowed_or_refused_by_its_name(host: str) -> None:
    check = HostCheck(lambda *_: pytest.fail("not called"), allowed_hosts=(), allowed_origins=())
    if check._is_allowed(host):
        name = host.lower().rpartition("]")[0] or host.lower().partition(":")[0]
        assert name.startswith(("127.", "[")) or "localhost" in name or "docker" in name


def test_a_host_in_the_target_counts_too(local: TestClient) -> None:
    scope_path = {"path": "/v1/models", "raw_path": b"http://evil.example/v1/models"}
    check = HostCheck(lambda *_: pytest.fail("not called"), allowed_hosts=(), allowed_origins=())
    scope = {"type": "http", "method": "GET", "headers": [(b"host", b"localhost")], **scope_path}
    refusal = check._refusal(scope)
    assert refusal is not None
    assert refusal.code == "host_not_allowed"


@pytest.mark.parametrize(("version", "is_refused"), [("1.0", False), ("1.1", True)])
def test_only_http_1_0_may_name_no_host(version: str, is_refused: bool) -> None:
    check = HostCheck(lambda *_: pytest.fail("not called"), allowed_hosts=(), allowed_origins=())
    scope = {"type": "http", "method": "GET", "headers": [], "path": "/v1", "http_version": version}
    assert (check._refusal(scope) is not None) is is_refused


def test_allowed_hosts_are_allowed_with_any_port() -> None:
    client = make(hosts=("box", "[fe80::1]", "10.0.0.5"))
    assert status(client, "Box:99") == status(client, "box") == status(client, "10.0.0.5:1") == 200
    assert status(client, "[fe80::1]:8444") == 200
    assert status(client, "box2") == status(client, "localbox") == 403
    assert status(make(hosts=("*",)), "evil.example") == 200


def test_health_is_reachable_by_any_name(local: TestClient) -> None:
    assert local.get("/health", headers={"host": "evil.example"}).status_code == 200


# --- pages of other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": SITE},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"origin": "http://localhost:8444.evil.example"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_what_pages_of_other_sites_send_is_refused_before_any_work(
    local: TestClient, method: str, headers: dict[str, str]
) -> None:
    answer = local.request(method, "/v1/embeddings", content=b"not JSON", headers=TEXT | headers)
    error = assert_error(answer, 403)
    assert error["code"] == "origin_not_allowed"
    assert "CORS_ALLOW_ORIGINS" in error["message"]
    assert answer.headers["vary"] == "origin"
    assert "access-control-allow-origin" not in answer.headers


def test_a_form_that_navigates_here_is_refused(local: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    headers |= {"sec-fetch-dest": "document", "content-type": "text/plain"}
    answer = local.post("/v1/embeddings", content=b'{"input": "a"}', headers=headers)
    assert_error(answer, 403)


@pytest.mark.parametrize(
    "headers",
    [
        {},  # curl and SDKs
        {"origin": "http://localhost:8444"},  # /docs
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        TEXT,
    ],
)
def test_programs_and_our_own_pages_pass(local: TestClient, headers: dict[str, str]) -> None:
    body = b'{"input": "a"}'
    assert local.post("/v1/embeddings", content=body, headers=headers).status_code == 200


def test_a_link_can_be_followed(local: TestClient) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    headers |= {"sec-fetch-dest": "document"}
    assert local.get("/v1/models", headers=headers).status_code == 200


def test_pages_of_allowed_sites_pass() -> None:
    headers = {"origin": SITE, "sec-fetch-site": "cross-site"}
    for origins in ((SITE,), ("*",)):
        client = make(origins=origins)
        answer = client.post("/v1/embeddings", json={"input": "a"}, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] in (SITE, "*")


def test_a_preflight_is_answered_by_cors(local: TestClient) -> None:
    asks = {"origin": SITE, "access-control-request-method": "POST"}
    error = assert_error(local.options("/v1/embeddings", headers=asks), 400)
    assert "CORS_ALLOW_ORIGINS" in error["message"]
    by_name = local.options("/v1/embeddings", headers=asks | {"host": "evil.example"})
    assert_error(by_name, 403)

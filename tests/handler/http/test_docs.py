"""/docs and /redoc work without any other server, and below any stage."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from handler.api import lambda_handler
from tests.events import browser_get
from tests.handler.http.error_shape import assert_error


class Links(HTMLParser):
    """The addresses that a page loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "action")]


@pytest.mark.parametrize("stage", ["", "/prod"])
@pytest.mark.parametrize("path", ["/docs", "/docs/", "/redoc", "/redoc/"])
def test_a_page_loads_its_files_from_this_server(client: TestClient, path: str, stage: str) -> None:
    response = client.get(path)
    assert response.headers["content-type"].startswith("text/html")
    links = [link for link in Links(response.text).found if not link.startswith("data:")]
    assert len(links) == (2 if "docs" in path else 1)
    for link in links:
        whole = urljoin(f"http://testserver{stage}{path}", link)
        assert whole.startswith(f"http://testserver{stage}/docs/")
        file = client.get(whole.removeprefix(f"http://testserver{stage}"))
        assert file.status_code == 200
        assert len(file.content) > 100_000


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/oauth2-redirect"])
def test_a_page_names_no_other_server(client: TestClient, path: str) -> None:
    assert not re.search(r"(?:https?:)?//\w", client.get(path).text)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_a_browser_is_told_to_ask_no_other_server(client: TestClient, path: str) -> None:
    """Redoc has a picture from another server in its margin, for example."""
    response = client.get(path)
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    sources = {source for value in policy.values() for source in value.split()}
    assert not [source for source in sources if "/" in source and not source.startswith("'")]
    (script,) = re.findall(r"<script>(.*)</script>", response.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy["script-src"]


def test_a_file_is_asked_for_once(client: TestClient) -> None:
    first = client.get("/docs/swagger-ui-bundle.js")
    assert first.headers["content-type"].startswith("text/javascript")
    assert "max-age" in first.headers["cache-control"]
    again = client.get(
        "/docs/swagger-ui-bundle.js", headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["http-api-v2", "rest-api-v1", "function-url", "alb"])
def test_the_script_fits_every_transport(name: str) -> None:
    answer = lambda_handler(browser_get(name, "/docs/swagger-ui-bundle.js"), None)
    assert answer["statusCode"] == 200
    assert len(answer["body"]) < (1_000_000 if name == "alb" else 6_000_000)
    if answer["isBase64Encoded"]:
        assert b"SwaggerUIBundle" in gzip.decompress(base64.b64decode(answer["body"]))
    else:
        assert "SwaggerUIBundle" in answer["body"]


@pytest.mark.parametrize("name", ["nothing.js", "..%2F..%2Fsetup.py", "favicon.png", "core.py"])
def test_there_are_no_other_files(client: TestClient, name: str) -> None:
    assert_error(client.get(f"/docs/{name}"), 404)

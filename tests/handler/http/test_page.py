"""The page for browsers: its files, how they are kept, and what a browser may do with them."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from handler.api import embeddings, lambda_handler
from handler.http.app import create_app
from handler.http.module_script import one_script
from handler.http.routes.page import FOLDER
from handler.settings import Settings, read_settings
from tests.events import browser_get
from tests.handler.http.error_shape import assert_error
from tests.handler.http.test_docs import Links

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
NAMES = sorted(path.name for path in FOLDER.iterdir())
# The modules come as one script.
FILES = ["main.js", *(name for name in NAMES if not name.endswith((".js", ".html")))]
MOST_BYTES = 150_000


def app_with(**settings: Any) -> TestClient:
    return TestClient(create_app(embeddings, Settings(**settings)))


def test_the_folder_has_files_of_known_kinds_only() -> None:
    assert {Path(name).suffix for name in NAMES} <= {".html", *TYPES}


def content_of(name: str) -> bytes:
    """A file as it is served."""
    return (
        one_script(FOLDER, "main").encode() if name == "main.js" else (FOLDER / name).read_bytes()
    )


def test_the_page_is_small() -> None:
    assert sum((FOLDER / name).stat().st_size for name in NAMES) <= MOST_BYTES


@pytest.mark.parametrize("stage", ["", "/prod", "/a/b"])
def test_the_page_finds_its_files_below_any_stage(client: TestClient, stage: str) -> None:
    page = client.get("/", headers=BROWSER)
    assert page.content == (FOLDER / "index.html").read_bytes()
    links = [link for link in Links(page.text).found if not link.startswith(("data:", "#"))]
    assert "page/style.css" in links
    for link in links:
        whole = urljoin(f"http://testserver{stage}/", link)
        assert whole.startswith(f"http://testserver{stage}/")
        assert client.get(whole.removeprefix(f"http://testserver{stage}")).status_code == 200


@pytest.mark.parametrize("name", FILES)
def test_each_file_has_its_type(client: TestClient, name: str) -> None:
    response = client.get(f"/page/{name}")
    assert response.content == content_of(name)
    assert response.headers["content-type"].startswith(TYPES[name[name.rindex(".") :]])


@pytest.mark.parametrize("path", ["/", "/page/style.css"])
def test_a_browser_may_load_from_and_send_to_this_server_only(
    client: TestClient, path: str
) -> None:
    headers = client.get(path, headers=BROWSER).headers
    parts = (part.strip() for part in headers["content-security-policy"].split(";"))
    policy = {name: set(sources.split()) for name, _, sources in (p.partition(" ") for p in parts)}
    assert policy["default-src"] == {"'none'"}
    assert {source for sources in policy.values() for source in sources} <= {
        "'none'",
        "'self'",
        "data:",
    }
    assert policy["script-src"] == policy["connect-src"] == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == {"'none'"}
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/page/style.css"])
def test_what_a_browser_has_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path, headers=BROWSER)
    assert first.headers["cache-control"] == "no-cache"
    for kept in (first.headers["etag"], f'"another", {first.headers["etag"]}'):
        again = client.get(path, headers=BROWSER | {"if-none-match": kept})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    other = client.get(path, headers=BROWSER | {"if-none-match": 'W/"another"'})
    assert other.content == first.content


@pytest.mark.parametrize("path", ["/", "/page/style.css"])
def test_head_has_the_headers_alone(client: TestClient, path: str) -> None:
    headers = BROWSER | {"accept-encoding": "identity"}
    got, head = client.get(path, headers=headers), client.head(path, headers=headers)
    assert head.content == b""
    for name in ("content-length", "content-type", "etag", "content-security-policy"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "nothing.js",
            "api.js",
            "index.html",
            "style",
            "STYLE.css",
            "style.css.",
            ".",
            "__init__.py",
        ),
        *("..%2Fapi.py", "..%2f..%2fpyproject.toml", "%2e%2e", "style.css%00", "a" * 5_000),
    ],
)
def test_there_are_no_other_files(client: TestClient, name: str) -> None:
    assert_error(client.get(f"/page/{name}"), 404)


@given(name=st.text(max_size=40) | st.sampled_from(NAMES).map(lambda name: f"../page/{name}"))
def test_any_other_name_is_a_404(client: TestClient, name: str) -> None:
    path = f"/page/{quote(name, safe='', errors='replace')}"
    response = client.get(path)
    if response.status_code == 200:
        assert name.strip("/") in FILES or name.strip("/") in ("", ".", "..")
    else:
        assert_error(response, 404)


def test_the_page_needs_no_key_and_what_it_calls_does() -> None:
    client = app_with(key_hashes={"alice": "0" * 64})
    assert client.get("/", headers=BROWSER).status_code == 200
    assert client.get("/page/style.css").status_code == 200
    assert client.get("/info").status_code == 401


def test_without_the_page_browsers_get_a_short_one() -> None:
    client = app_with(page=False)
    short = client.get("/", headers=BROWSER)
    assert 'href="docs"' in short.text
    assert "page/" not in short.text
    assert_error(client.get("/page/style.css"), 404)


def test_the_page_is_on_but_on_lambda() -> None:
    on_lambda = {"AWS_LAMBDA_FUNCTION_NAME": "embeddings"}
    assert read_settings({}).page
    assert not read_settings(on_lambda).page
    assert read_settings({**on_lambda, "PAGE": "true"}).page
    assert not read_settings({"PAGE": "FALSE"}).page
    with pytest.raises(ValueError, match="PAGE is 'on'; it can be true or false"):
        read_settings({"PAGE": "on"})


@pytest.mark.parametrize(
    ("base", "asked", "sent_to"),
    [
        ("/prod", "/prod", "./prod/"),
        ("/prod", "/prod/", None),
        ("/prod", "/", None),
        ("/a/b", "/a/b", "./b/"),
        ("/a/b", "//a/b", "./b/"),
        ("/ü:x", "/%C3%BC:x", "./%C3%BC%3Ax/"),
        ("/", "//", None),
    ],
)
def test_a_path_without_a_slash_is_sent_to_the_one_with_it(
    base: str, asked: str, sent_to: str | None
) -> None:
    """Or the browser would look for the page's files beside it."""
    client, url = app_with(base_path=base), f"http://testserver{asked}"
    response = client.get(url, headers=BROWSER, follow_redirects=False)
    assert response.headers.get("location") == sent_to
    if sent_to:
        response = client.get(urljoin(url, sent_to), headers=BROWSER)
    assert response.content == (FOLDER / "index.html").read_bytes()
    assert client.get(url, headers={"accept": "application/json"}).json()["status"] is True


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", ["http-api-v2", "rest-api-v1", "function-url", "alb"])
def test_every_transport_serves_the_files(name: str, file: str) -> None:
    answer = lambda_handler(browser_get(name, f"/page/{file}"), None)
    assert answer["statusCode"] == 200
    body = answer["body"].encode()
    # A REST API would pass on the base64 as it is.
    assert answer["isBase64Encoded"] == (name != "rest-api-v1")
    if answer["isBase64Encoded"]:
        body = gzip.decompress(base64.b64decode(body))
    assert body == content_of(file)

"""The reference is complete and true: routes, limits, settings, errors, commands, figures."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry
from starlette.routing import Route
from starlette.testclient import TestClient

from handler import limits
from handler.api import app
from handler.documents.formats import EXTENSIONS
from handler.http.error_handlers import STATUS
from handler.metrics.exposition import metrics_routes
from handler.stores.catalog import UploadStatus
from model_layer import load_encoder
from tests.docs.pages import PAGES, PAGES_OF_TODAY, ROOT, name_of, quoted, rows, section, text_of

API = text_of("docs/api.md")


def cells(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of docs/api.md."""
    return list(rows(section(API, heading)))


# --- routes


def served() -> Iterator[str]:
    """Each method and path that a local server answers; `{model:path}` is `{model}`."""
    api: Any = app
    while not isinstance(api, FastAPI):  # middleware is around it
        api = getattr(api, "app", None) or api._app
    for route in [*api.routes, *metrics_routes(CollectorRegistry())]:
        if isinstance(route, Route | APIRoute) and route.path != "/docs/oauth2-redirect":
            # Starlette answers HEAD for each of its own GETs; those of the API are listed.
            methods = set(route.methods or ())
            methods -= {"HEAD"} if not isinstance(route, APIRoute) else set()
            for method in methods:
                yield f"{method} {re.sub(r':path}', '}', route.path)}"


def test_the_routes_listed_are_those_that_are_served() -> None:
    listed = [route for row in cells("## Routes") for route in quoted(row[0])]
    assert sorted(listed) == sorted(served())


# --- limits


def shown(value: float) -> str:
    """A limit as the table has it: 2,048, or 60 % of a share."""
    return f"{value:.0%}".replace("%", " %") if 0 < value < 1 else f"{value:,.0f}"


def test_the_limits_listed_are_those_of_limits_py_with_their_values() -> None:
    table = {quoted(row[3])[0]: row[1] for row in cells("## Limits") if quoted(row[3])}
    numbers = {
        name: value
        for name, value in vars(limits).items()
        if name.isupper() and isinstance(value, int | float)
    }
    assert table.keys() == numbers.keys()
    wrong = {
        name: value
        for name, value in numbers.items()
        if not re.search(rf"(^| to ){re.escape(shown(value))}$", table[name])
    }
    assert wrong == {}


def test_the_tokens_that_the_model_reads_are_listed() -> None:
    (tokens,) = (row[1] for row in cells("## Limits") if row[3] == "the model's")
    assert int(tokens) == load_encoder().bundle.max_tokens


def test_no_limit_is_listed_twice() -> None:
    names = [row[3] for row in cells("## Limits")]
    assert sorted(names) == sorted(set(names))


# --- settings


def read_from_the_environment(path: str) -> set[str]:
    """The variables that a file asks the environment for, those that Lambda sets left out."""
    names = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            is_lookup = re.fullmatch(r"(os\.environ|environment|environ)\.get", called)
            takes = any(ast.unparse(one) in ("environment", "os.environ") for one in node.args)
            if is_lookup or takes:
                names |= {
                    one.value
                    for one in node.args
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return {name for name in names if re.fullmatch("[A-Z][A-Z_]+", name)} - {
        name for name in names if name.startswith("AWS_")
    }


def test_the_settings_listed_are_those_that_are_read() -> None:
    read = read_from_the_environment("handler/settings.py")
    read |= read_from_the_environment("handler/commands/serve.py")
    assert {"VECTOR_STORE", "PORT"} <= read
    listed = [quoted(row[0])[0] for row in cells("## Settings")]
    assert sorted(listed) == sorted(read)


# --- formats of documents


def test_the_formats_listed_are_those_that_are_read() -> None:
    table = rows(section(text_of("docs/ingestion.md"), "## Formats"))
    assert {extension for row in table for extension in quoted(row[2])} == set(EXTENSIONS)


# --- errors and headers


def test_every_status_and_code_of_an_error_is_listed() -> None:
    table = cells("## Errors")
    statuses = {str(status.value) for status in STATUS.values()} | {"500"}
    assert {row[0] for row in table} == statuses
    sources = (path.read_text() for path in (ROOT / "handler").rglob("*.py"))
    codes = {code for text in sources for code in re.findall(r'code="([a-z0-9_]+)"', text)}
    codes |= {f"upload_{status}" for status in get_args(UploadStatus) if status != "pending"}
    # What a document failed for is in `last_error`, and no answer's code.
    codes -= {"invalid_file", "server_error", "unsupported_file"}
    assert {quoted(row[1])[0] for row in table if quoted(row[1])} == codes


def test_every_header_of_our_own_is_listed(client: TestClient) -> None:
    cut = client.post("/v1/embeddings", json={"input": "word " * 300})
    refused = client.post("/v1/embeddings", json={"input": []})
    not_allowed = client.delete("/health")
    names = {name for answer in (cut, refused, not_allowed) for name in answer.headers}
    listed = {quoted(row[0])[0] for row in cells("## Headers")}
    assert "x-embedding-truncated" in names
    assert names - {"content-length", "content-type"} <= listed


# --- commands


# The changelog and the decisions name commands that are no more.
@pytest.mark.parametrize("page", PAGES_OF_TODAY, ids=name_of)
def test_every_make_command_named_exists(page: Path) -> None:
    text = page.read_text()
    targets = set(re.findall(r"^([a-z0-9-]+):", text_of("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z][a-z0-9-]*)", text, re.MULTILINE))
    assert named - targets == set()


def test_the_readme_names_the_two_commands_that_start_everything() -> None:
    assert re.findall(r"^make (serve|test)\b", text_of("README.md"), re.MULTILINE) == [
        "serve",
        "test",
    ]


# --- figures and versions


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_published_tables_are_those_of_the_last_runs(page: Path) -> None:
    blocks = re.findall(r"<!-- ([a-z-]+\.md) -->\n(.*?)<!-- end -->", page.read_text(), re.DOTALL)
    results = ROOT / "benchmarks" / "results"
    assert [name for name, text in blocks if (results / name).read_text() != text] == []


def test_the_page_of_performance_shows_the_comparison() -> None:
    assert "<!-- side-by-side.md -->" in text_of("docs/performance.md")


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert re.findall(r"^## \[([^\]]+)\]", text_of("CHANGELOG.md"), re.MULTILINE)[0] == version

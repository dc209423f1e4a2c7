"""The tools of /mcp (handler/mcp/tools.py), in the shape that ChatGPT's connectors ask for."""

from __future__ import annotations

from typing import Any

import jsonschema
import orjson
import pytest

from handler.mcp import tools as tools_module
from handler.mcp.tools import TOOLS, Tools
from handler.request_context import RequestContext
from tests.library import BROKEN, CATS, LATE, PASSWORDS


def call(tools: Tools, name: str, /, **arguments: object) -> dict[str, Any]:
    return tools.call(name, arguments, RequestContext("id"), base_url="https://a.example/v1")


def value(result: dict[str, Any]) -> Any:
    """The JSON of a result's first content, which is also its structured content."""
    assert result["isError"] is False
    (content,) = result["content"]
    assert content["type"] == "text"
    found = orjson.loads(content["text"])
    assert found == result["structuredContent"]
    return found


@pytest.mark.parametrize(
    ("name", "arguments"), [("search", {"query": "cats"}), ("fetch", {"id": CATS.id})]
)
def test_a_result_has_the_shape_that_the_tool_promises(
    tools: Tools, name: str, arguments: dict[str, str]
) -> None:
    (tool,) = [one for one in TOOLS if one["name"] == name]
    jsonschema.validate(arguments, tool["inputSchema"])
    jsonschema.validate(value(call(tools, name, **arguments)), tool["outputSchema"])


def test_a_document_is_found_once_with_its_best_passage(tools: Tools) -> None:
    results = value(call(tools, "search", query="I forgot my password"))["results"]
    ids = [found["id"] for found in results]
    assert ids[0] == PASSWORDS.id
    assert len(ids) == len(set(ids))
    assert results[0]["title"] == PASSWORDS.name
    assert results[0]["url"] == f"s3://library/shelf/{PASSWORDS.name}"
    assert results[0]["text"] in PASSWORDS.chunks


def test_what_is_found_can_be_fetched(tools: Tools) -> None:
    best = value(call(tools, "search", query="How long do felines rest?"))["results"][0]
    document = value(call(tools, "fetch", id=best["id"]))
    assert document["id"] == CATS.id
    assert document["title"] == CATS.name
    assert document["text"].strip() == CATS.chunks[0]
    assert document["metadata"]["team"] == "travel"


def test_a_long_document_is_cut_and_says_so(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools_module, "MAX_FETCHED", 20)
    document = value(call(tools, "fetch", id=PASSWORDS.id))
    assert document["text"] == PASSWORDS.chunks[0][:20]
    assert "first 20 characters" in document["metadata"]["truncated"]


@pytest.mark.parametrize("document_id", ["file-none", BROKEN.id, LATE.id, "x" * 2_000, "\ud83d"])
def test_a_document_that_cannot_be_read_is_a_result_that_says_so(
    tools: Tools, document_id: str
) -> None:
    result = call(tools, "fetch", id=document_id)
    assert result["isError"] is True
    assert "There is no document" in result["content"][0]["text"]


@pytest.mark.parametrize("arguments", [{}, {"query": ""}, {"query": 5}, {"query": ["cats"]}])
def test_a_search_without_a_query_is_a_result_that_says_so(
    tools: Tools, arguments: dict[str, object]
) -> None:
    result = call(tools, "search", **arguments)
    assert result["isError"] is True
    assert "'query'" in result["content"][0]["text"]


def test_another_store_can_be_named(tools: Tools) -> None:
    result = tools.call(
        "search", {"query": "cats"}, RequestContext("id"), vector_store_id="vs_none"
    )
    assert "'vs_none' does not exist" in result["content"][0]["text"]


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("s3://b/k", "s3://b/k"),
        ("upload://file-1/a b.txt", "https://a.example/v1/files/file-1/content"),
    ],
)
def test_uploaded_files_are_cited_by_the_address_of_their_bytes(source: str, url: str) -> None:
    assert tools_module._url(source, "https://a.example/v1") == url

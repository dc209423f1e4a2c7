"""The protocol of /mcp (handler/mcp/server.py, messages.py, versions.py)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.mcp.versions import CAPABILITIES_KEY, SERVER_KEY, SUPPORTED, VERSION_KEY
from tests.handler.mcp.conftest import Ask

NEW = "2026-07-28"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def message(method: str, /, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}


def of_now(method: str, /, **params: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """A request of 2026-07-28, and its headers."""
    meta = {VERSION_KEY: NEW, CAPABILITIES_KEY: {}}
    headers = {"mcp-protocol-version": NEW, "mcp-method": method}
    if "name" in params:
        headers["mcp-name"] = params["name"]
    return message(method, **params, _meta=meta), headers


@pytest.mark.parametrize("version", SUPPORTED[:-1])
def test_initialize_agrees_on_the_version_that_the_client_asks_for(ask: Ask, version: str) -> None:
    status, answer = ask(message("initialize", protocolVersion=version, capabilities={}))
    assert status == 200
    assert answer["id"] == 7
    assert answer["result"]["protocolVersion"] == version
    assert answer["result"]["serverInfo"] == {"name": "minilm-lambda", "version": "1.2.3"}
    assert "tools" in answer["result"]["capabilities"]


@pytest.mark.parametrize("version", ["1999-01-01", NEW, 5, None])
def test_initialize_offers_the_newest_version_that_has_it(ask: Ask, version: object) -> None:
    _, answer = ask(message("initialize", protocolVersion=version))
    assert answer["result"]["protocolVersion"] == "2025-11-25"


def test_notifications_get_no_answer(ask: Ask) -> None:
    told = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert ask(told, {"mcp-protocol-version": "2025-06-18"}) == (202, None)


def test_a_ping_is_answered(ask: Ask) -> None:
    assert ask(message("ping")) == (200, {"jsonrpc": "2.0", "id": 7, "result": {}})


@pytest.mark.parametrize("headers", [{}, {"mcp-protocol-version": "2025-11-25"}])
def test_the_tools_are_listed(ask: Ask, headers: dict[str, str]) -> None:
    _, answer = ask(message("tools/list"), headers)
    assert [tool["name"] for tool in answer["result"]["tools"]] == ["search", "fetch"]
    assert "ttlMs" not in answer["result"]


def test_a_request_of_now_needs_no_handshake(ask: Ask) -> None:
    status, answer = ask(*of_now("server/discover"))
    assert status == 200
    assert answer["result"]["supportedVersions"][0] == NEW
    assert answer["result"]["resultType"] == "complete"
    assert answer["result"]["_meta"][SERVER_KEY]["version"] == "1.2.3"
    status, answer = ask(*of_now("tools/list"))
    assert (status, answer["result"]["cacheScope"]) == (200, "public")
    status, answer = ask(*of_now("tools/call", name="search", arguments={"query": "cats"}))
    assert (status, answer["result"]["isError"]) == (200, False)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mcp-protocol-version": "2025-11-25"}, -32_020),
        ({"mcp-method": "tools/call"}, -32_020),
        ({"mcp-method": ""}, -32_020),
    ],
)
def test_a_request_of_now_whose_headers_say_something_else_is_refused(
    ask: Ask, change: dict[str, str], code: int
) -> None:
    body, headers = of_now("tools/list")
    status, answer = ask(body, {**headers, **change})
    assert (status, answer["error"]["code"], answer["id"]) == (400, code, 7)


def test_a_name_that_is_not_ascii_comes_in_base64(ask: Ask) -> None:
    body, headers = of_now("tools/call", name="sürch", arguments={})
    status, answer = ask(body, {**headers, "mcp-name": "=?base64?c8O8cmNo?="})
    assert (status, answer["error"]["code"]) == (400, -32_602)
    status, answer = ask(body, {**headers, "mcp-name": "=?base64?c8O8cmNp?="})
    assert (status, answer["error"]["code"]) == (400, -32_020)


def test_a_version_that_is_not_supported_is_refused_with_those_that_are(ask: Ask) -> None:
    body, headers = of_now("tools/list")
    body["params"]["_meta"][VERSION_KEY] = "2030-01-01"
    for sent in ((body, {**headers, "mcp-protocol-version": "2030-01-01"}),):
        status, answer = ask(*sent)
        assert (status, answer["error"]["code"]) == (400, -32_022)
        assert answer["error"]["data"] == {
            "supported": list(SUPPORTED),
            "requested": "2030-01-01",
        }
    status, answer = ask(message("tools/list"), {"mcp-protocol-version": "2030-01-01"})
    assert (status, answer["error"]["data"]["requested"]) == (400, "2030-01-01")


@pytest.mark.parametrize("headers", [{}, {"mcp-protocol-version": "2025-06-18"}])
def test_an_unknown_method_is_an_error_of_the_protocol(ask: Ask, headers: dict[str, str]) -> None:
    status, answer = ask(message("resources/list"), headers)
    assert (status, answer["error"]["code"]) == (200, -32_601)
    assert "tools/call" in answer["error"]["message"]
    status, answer = ask(*of_now("resources/list"))
    assert (status, answer["error"]["code"]) == (404, -32_601)


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        (b"{", -32_700, "not valid JSON"),
        (b"", -32_700, "not valid JSON"),
        (b"\xff", -32_700, "not valid JSON"),
        (b'"half an emoji: \\ud83d"', -32_600, 'the string "half an emoji: ?'),
        (b'{"jsonrpc":"2.0","id":"\\ud83d","method":"ping"}', -32_600, "'id' is the string"),
        ([message("ping")], -32_600, "a list of 1 items; it must be one JSON-RPC message"),
        ({"id": 1, "method": "ping"}, -32_600, "'jsonrpc' is null"),
        ({"jsonrpc": "2.0", "id": 1}, -32_600, "'method' is null"),
        ({"jsonrpc": "2.0", "id": None, "method": "ping"}, -32_600, "'id' is null"),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, -32_600, "'id' is true"),
        ({"jsonrpc": "2.0", "id": 1.5, "method": "ping"}, -32_600, "'id' is the number 1.5"),
        ({**message("ping"), "params": []}, -32_600, "'params' is a list"),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, -32_600, "'method' is null"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(
    ask: Ask, body: object, code: int, reason: str
) -> None:
    status, answer = ask(body)
    assert (status, answer["error"]["code"], answer["id"]) == (400, code, None)
    assert reason in answer["error"]["message"]


@given(body=JSON, method=st.sampled_from(["tools/call", "tools/list", "initialize", "ping", "x"]))
def test_any_params_get_an_answer_in_the_protocol(ask: Ask, body: object, method: str) -> None:
    sent = {"jsonrpc": "2.0", "id": "a", "method": method, "params": body}
    status, answer = ask(orjson.dumps(sent))
    assert status in (200, 400)
    assert answer["jsonrpc"] == "2.0"
    assert ("result" in answer) != ("error" in answer)

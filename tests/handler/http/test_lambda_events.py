"""An HTTP event is answered whatever is missing or wrong in it, and never with a 500."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler import event_kinds
from handler.api import lambda_handler
from tests.events import load_event
from tests.handler.test_api import body_of

EVENTS = {
    name: {**load_event(name), "body": '{"input": "a", "dimensions": 2}'}
    for name in ("http-api-v2", "http-api-v2-models", "rest-api-v1", "function-url", "alb")
}
NOTHING: Any = object()  # a part that is left out

# Parts of events, as paths of keys, and what they may be instead.
VALUES: dict[str, list[Any]] = {
    "x-forwarded-port": ["abc", "", "443, 80", "9" * 5_000, "-1", None],
    "host": ["", "a:b", "a:b:c", "[::1]:80", "[::1", "é", "a b", None],
    "x-forwarded-proto": ["", "ftp", "https,http", "a b", None],
    "x-forwarded-for": ["", "no address", ", ,", None],
    "content-length": ["abc", "", "-1", "٥", "9" * 5_000],
    "content-encoding": ["\ud83d", None],
    "accept-encoding": ["\ud83d;q=\ud83d", None],
    "x-request-id": ["a" * 10_000],
    "authorization": ["\x00"],
    "if-none-match": ["é"],
    "origin": ["\xff"],
    "": [""],
    "a b": ["c\n"],
    "x-\ud83d": ["\ud83d"],
    "x": [3],
}
HEADERS = [{name: value} for name, values in VALUES.items() for value in values]
CHOICES: dict[tuple[str, ...], list[Any]] = {
    ("headers",): [None, NOTHING, [], "a", {}],
    ("multiValueHeaders",): [
        *[None, NOTHING, [], {"a": None}, {"a": [None]}],
        {"host": ["a:b:c"], "x-forwarded-port": ["abc"], "a": []},
        {
            "host": ["a:1", "a:1"],
            "x-forwarded-port": ["1", 2],
            "x-forwarded-proto": ["http", "https"],
        },
    ],
    ("body",): [None, NOTHING, "", "\ud83d", {"input": "a"}, [], 3, 2**70, "é"],
    ("isBase64Encoded",): [True, None, NOTHING, "true", 1],
    ("path",): [None, NOTHING, "", "v1", 3, "\ud83d", "//", "/%ff", "/\x00"],
    ("rawPath",): [None, NOTHING],
    ("requestContext", "http", "path"): [None, NOTHING, "", "\ud83d", 3],
    ("requestContext", "http", "sourceIp"): [None, NOTHING, 3],
    ("requestContext", "identity"): [None],
    ("requestContext", "stage"): [None],
    ("requestContext", "domainName"): [None],
    ("requestContext", "elb"): [None],
    ("version",): [None, NOTHING, "3.0", 2, "1.0", "2.0"],
    ("queryStringParameters",): [None, NOTHING, [], {"a": None}, "a"],
    ("multiValueQueryStringParameters",): [{"a": [None]}, {"a": None}, []],
    ("rawQueryString",): [None, NOTHING, "%ff&&=", "\ud83d"],
    ("cookies",): [None, [None], "a", [3]],
    ("resource",): [None, NOTHING],
    ("stageVariables",): [3],
}
PARTS = [(keys, value) for keys, values in CHOICES.items() for value in values]


def changed(event: dict[str, Any], keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy of the event with another value at `keys`."""
    event = copy.deepcopy(event)
    place = event
    for key in keys[:-1]:
        if not isinstance(place.get(key), dict):
            return event  # another transport's part
        place = place[key]
    if value is NOTHING:
        place.pop(keys[-1], None)
    else:
        place[keys[-1]] = value
    return event


def check(event: dict[str, Any]) -> int:
    assert event_kinds.is_http(event)
    answer = lambda_handler(event, None)
    json.dumps(answer)  # as Lambda's runtime does
    status: int = answer["statusCode"]
    assert status < 500
    if status >= 400:
        assert set(body_of(answer)["error"]) == {"message", "type", "param", "code"}
    return status


@pytest.mark.parametrize("name", EVENTS)
def test_a_wrong_header_is_answered(name: str) -> None:
    for headers in HEADERS:
        event = EVENTS[name]
        one: dict[str, Any] = {**event["headers"], **headers}
        many = {key: [value] for key, value in one.items()}
        if "multiValueHeaders" in event:
            check({**event, "headers": one, "multiValueHeaders": many})
        check({**event, "headers": one})


@pytest.mark.parametrize("port", ["abc", "", "443, 80", "[]", "٤٤٣"])
@pytest.mark.parametrize("name", ["http-api-v2", "rest-api-v1", "function-url", "alb"])
def test_a_wrong_port_is_no_reason_to_refuse(name: str, port: str) -> None:
    event = {**EVENTS[name], "multiValueHeaders": None}
    headers = {name: value for name, value in event["headers"].items() if name.lower() != "host"}
    assert check({**event, "headers": {**headers, "X-Forwarded-Port": port}}) == 200


@pytest.mark.parametrize("name", EVENTS)
def test_a_wrong_part_is_answered(name: str) -> None:
    for keys, value in PARTS:
        check(changed(EVENTS[name], keys, value))


JSON: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
)
NAMES = st.sampled_from(["host", "path", "http", "elb", "a", "x-forwarded-port", "stage"])
TREE = st.recursive(
    JSON,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=4,
)


@given(
    name=st.sampled_from(sorted(EVENTS)),
    changes=st.lists(st.tuples(st.sampled_from(PARTS), TREE), min_size=1, max_size=3),
)
def test_any_wrong_parts_are_answered(
    name: str, changes: list[tuple[tuple[tuple[str, ...], Any], Any]]
) -> None:
    event = EVENTS[name]
    for (keys, _), value in changes:
        event = changed(event, keys, value)
    if event_kinds.is_http(event):
        check(event)


def test_an_event_without_a_context_is_answered() -> None:
    assert check({"httpMethod": "GET", "path": "/health"}) == 200


def test_a_method_is_all_that_makes_an_event_http() -> None:
    assert event_kinds.is_http({"requestContext": {"http": {"method": "GET"}}})
    contexts: list[Any] = [None, 1, {}, {"http": None}, {"http": {"method": None}}, {"elb": {}}]
    for context in contexts:
        assert not event_kinds.is_http({"requestContext": context, "version": "2.0"})

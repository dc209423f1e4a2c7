"""Every kind of event is recognized by its shape."""

from __future__ import annotations

import pytest

from handler import event_kinds
from tests.events import load_event

TESTS = {
    "http": event_kinds.is_http,
    "warm-up": event_kinds.is_warm_up,
    "direct": event_kinds.is_direct,
    "search": event_kinds.is_direct_search,
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("alb", "http"),
        ("direct", "direct"),
        ("direct-bad-input", "direct"),
        ("direct-search", "search"),
        ("function-url", "http"),
        ("http-api-v2", "http"),
        ("rest-api-v1", "http"),
        ("unsupported-sqs", None),
        ("warm-up", "warm-up"),
    ],
)
def test_an_event_is_of_one_kind(name: str, kind: str | None) -> None:
    event = load_event(name)
    assert [each for each, test in TESTS.items() if test(event)] == ([kind] if kind else [])


@pytest.mark.parametrize("event", [None, "text", 3, [], {}, {"source": "aws.s3"}])
def test_other_values_are_of_no_kind(event: object) -> None:
    assert not any(test(event) for test in TESTS.values())


@pytest.mark.parametrize(
    ("name", "gateway", "load_balancer", "decodes"),
    [
        ("http-api-v2", True, False, True),
        ("rest-api-v1", True, False, False),
        ("function-url", False, False, True),
        ("alb", False, True, True),
    ],
)
def test_a_transport_is_told_by_its_event(
    name: str, gateway: bool, load_balancer: bool, decodes: bool
) -> None:
    event = load_event(name)
    assert event_kinds.is_from_gateway(event) is gateway
    assert event_kinds.is_from_load_balancer(event) is load_balancer
    assert event_kinds.decodes_answers(event) is decodes

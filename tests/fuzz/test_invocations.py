"""`lambda_handler` answers any event, or says that it is none of its own."""

from __future__ import annotations

import base64
import json
import random
import time
from types import ModuleType
from typing import Any

import pytest

from handler.errors import UnsupportedEvent
from handler.limits import MAX_ANSWER
from tests.fuzz.answers import Answer, Checks, check_error
from tests.fuzz.http_requests import Request
from tests.fuzz.invocations import Invocation, invocation
from tests.fuzz.plan import numbers_for, run
from tests.fuzz.targets import routes_of
from tests.fuzz.watched_log import WatchedLog, watch_log
from tests.handler.lambda_context import LambdaContext

pytestmark = pytest.mark.fuzz

MOST_SECONDS = 20.0


@numbers_for("invocations")
def test_invocations(numbers: range, api: ModuleType, checks: Checks) -> None:
    routes = routes_of(api.app)

    def draw(rng: random.Random) -> Invocation:
        return invocation(rng, routes)

    with watch_log() as log:
        run("invocations", numbers, draw, lambda drawn: attempt(api, drawn, checks, log))


def attempt(api: ModuleType, drawn: Invocation, checks: Checks, log: WatchedLog) -> None:
    log.clear()
    started = time.monotonic()
    try:
        answer = api.lambda_handler(drawn.event, LambdaContext(seconds=drawn.seconds))
    except UnsupportedEvent as error:
        assert not drawn.must_be_answered, f"not answered: {error.__cause__!r}"
        log.clear()
        return
    assert time.monotonic() - started < MOST_SECONDS
    assert len(json.dumps(answer)) < MAX_ANSWER
    if "statusCode" not in answer:
        check_direct(answer, drawn.event, checks)
        log.take()
        return
    text = str(drawn.event)
    path = "/mcp" if "/mcp" in text else "/"
    request = drawn.request or Request("HEAD" if "'HEAD'" in text else "GET", path)
    status, http_answer = answer["statusCode"], as_answer(answer)
    if drawn.seconds < 1:  # it may have been refused for its time
        request.must_succeed = False
    checks.check(request, http_answer)
    log.take_request(status)


def as_answer(answer: dict[str, Any]) -> Answer:
    """The HTTP answer in the object that the gateway gets."""
    multiple = {key: values[-1] for key, values in (answer.get("multiValueHeaders") or {}).items()}
    headers = {**multiple, **(answer.get("headers") or {})}
    assert all(isinstance(value, str) for value in headers.values()), headers
    content = answer["body"]
    body = base64.b64decode(content) if answer["isBase64Encoded"] else content.encode()
    return Answer(answer["statusCode"], headers, body)


def check_direct(answer: dict[str, Any], event: Any, checks: Checks) -> None:
    """The answer without HTTP: OpenAI's object, an error with its status, or a warm-up's."""
    if "status" in answer and "error" not in answer:
        assert answer == {"status": True}
    elif "error" in answer:
        assert 400 <= answer["status"] < 500 or answer["status"] == 503, answer
        error = json.dumps({"error": answer["error"]}).encode()
        headers = {"content-type": "application/json", "x-should-retry": "false"}
        check_error(Answer(400, headers, error))
    elif "input" in event:
        rows = checks.expected(event)
        assert len(answer["data"]) == len(rows)
        checks.check_rows(answer["data"], rows, event)
    else:
        assert answer["object"] == "vector_store.search_results.page", answer

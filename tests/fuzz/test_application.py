"""The application, with and without keys, answers any HTTP request as OpenAI's would."""

from __future__ import annotations

import random
import time

import pytest
from starlette.types import ASGIApp

from tests.fuzz.answers import Checks, check_twins
from tests.fuzz.asgi_client import AsgiClient
from tests.fuzz.http_requests import Request, http_request, twin
from tests.fuzz.plan import numbers_for, run
from tests.fuzz.targets import routes_of
from tests.fuzz.watched_log import WatchedLog, watch_log

pytestmark = pytest.mark.fuzz

MOST_SECONDS = 20.0  # for a request, on a busy machine


@numbers_for("application")
def test_application(numbers: range, app: ASGIApp, checks: Checks) -> None:
    run_requests("application", numbers, app, checks)


@numbers_for("keys")
def test_keys(numbers: range, app_with_keys: ASGIApp, checks: Checks) -> None:
    run_requests("keys", numbers, app_with_keys, checks)


def run_requests(target: str, numbers: range, app: ASGIApp, checks: Checks) -> None:
    routes = routes_of(app)

    def draw(rng: random.Random) -> Request:
        return http_request(rng, routes, keys=target == "keys")

    with AsgiClient(app) as client, watch_log() as log:
        run(target, numbers, draw, lambda request: attempt(client, request, checks, log))
        ready = client.send(Request("GET", "/ready"), seconds=MOST_SECONDS)
        assert ready is not None
        assert ready.status == 200


def attempt(client: AsgiClient, request: Request, checks: Checks, log: WatchedLog) -> None:
    log.clear()  # of what a failed attempt left
    started = time.monotonic()
    answer = client.send(request, seconds=MOST_SECONDS)
    assert time.monotonic() - started < MOST_SECONDS
    if answer is None or request.hangs_up:
        log.take()
        return
    checks.check(request, answer)
    log.take_request(answer.status)
    other = twin(request, random.Random(len(request.body)))
    if other and request.method == "POST":
        answered = client.send(other, seconds=MOST_SECONDS)
        assert answered is not None
        check_twins(answer, answered)

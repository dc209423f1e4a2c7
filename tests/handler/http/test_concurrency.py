"""Work stops when its client hangs up or the server stops, and too much of it is refused."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Message

from handler.embeddings.operations import CheckedRequest, EmbeddingOperations
from handler.embeddings.response import Answer
from handler.http.access_log import AccessLog
from handler.http.app import create_app
from handler.http.concurrency import HANG_UP, ThreadPools
from handler.request_context import RequestContext
from handler.settings import Settings
from model_layer import Cl100k, Encoder

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/v1/embeddings",
    "raw_path": b"/v1/embeddings",
    "query_string": b"",
    "headers": [],
    "http_version": "1.1",
}


class Endless(EmbeddingOperations):
    """Each answer takes until its request is cancelled."""

    def __init__(self, encoder: Encoder, cl100k: Cl100k) -> None:
        super().__init__(encoder, cl100k)
        self.begun, self.stopped = threading.Event(), threading.Event()

    def answer(self, checked: CheckedRequest, context: RequestContext) -> Answer:
        self.begun.set()
        while not context.is_cancelled():
            threading.Event().wait(0.001)
        self.stopped.set()
        return super().answer(checked, context)  # raises Cancelled, which no caller sees


class Call:
    """One request to an application, and what the application sends."""

    def __init__(self, body: object) -> None:
        self._messages = [{"type": "http.request", "body": json.dumps(body).encode()}]
        self.hung_up = asyncio.Event()
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if self._messages:
            return self._messages.pop()
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = json.loads(self.sent[1]["body"])["error"]
        return error

    def start(self, app: AccessLog) -> asyncio.Task[None]:
        return asyncio.create_task(app(SCOPE.copy(), self.receive, self.send))


@pytest.fixture
def endless(encoder: Encoder, cl100k: Cl100k) -> Endless:
    return Endless(encoder, cl100k)


def statuses(capsys: pytest.CaptureFixture[str]) -> list[int]:
    return [json.loads(line)["status"] for line in capsys.readouterr().err.splitlines()]


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - set by a thread
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("body", [{"input": "a"}, {"input": ["a"] * 400}], ids=["short", "long"])
def test_abandoned_work_stops_and_is_logged_as_abandoned(
    endless: Endless, capsys: pytest.CaptureFixture[str], body: object
) -> None:
    async def abandon() -> None:
        call = Call(body)
        task = call.start(create_app(endless, Settings()))
        await until(endless.begun.is_set)
        call.hung_up.set()
        await task

    asyncio.run(abandon())
    assert endless.stopped.wait(10)
    assert statuses(capsys) == [499]


def test_work_whose_client_hung_up_while_it_waited_is_never_begun(
    endless: Endless, capsys: pytest.CaptureFixture[str]
) -> None:
    async def abandon() -> None:
        app = create_app(endless, Settings())
        calls = [Call({"input": ["a"] * 99}) for _ in range(20)]  # more than there are threads
        tasks = [call.start(app) for call in calls]
        await until(endless.begun.is_set)
        for call in calls:
            call.hung_up.set()
        await asyncio.gather(*tasks)

    asyncio.run(abandon())
    assert statuses(capsys) == [499] * 20


def test_a_server_that_stops_tells_its_clients(endless: Endless) -> None:
    async def stop() -> Call:
        call = Call({"input": "a"})
        task = call.start(create_app(endless, Settings()))
        await until(endless.begun.is_set)
        task.cancel()  # as uvicorn does when its patience ends
        await task
        return call

    call = asyncio.run(stop())
    assert endless.stopped.wait(10)
    assert (call.status, call.error["code"]) == (503, "server_stopping")
    assert (b"retry-after", b"1") in call.sent[0]["headers"]


def test_too_many_waiting_texts_are_refused_and_others_are_answered(endless: Endless) -> None:
    async def overload() -> tuple[Call, Call]:
        app = create_app(endless, Settings(max_waiting_texts=500))
        first, second, third = (Call({"input": ["a"] * 400}) for _ in range(3))
        task = first.start(app)
        await until(endless.begun.is_set)
        await second.start(app)
        first.hung_up.set()  # and there is room again
        await task
        endless.begun.clear()
        last = third.start(app)
        await until(endless.begun.is_set)
        third.hung_up.set()
        await last
        return second, third

    second, _ = asyncio.run(overload())
    assert (second.status, second.error["type"]) == (429, "rate_limit_error")
    assert second.error["code"] == "server_busy"
    assert "400 texts are waiting" in second.error["message"]
    assert dict(second.sent[0]["headers"])[b"retry-after"] == b"2"
    assert b"x-should-retry" not in dict(second.sent[0]["headers"])


def test_health_and_readiness_answer_while_every_thread_is_busy(endless: Endless) -> None:
    async def ask() -> list[int]:
        app = create_app(endless, Settings())
        busy = [Call({"input": ["a"] * count}) for count in [99] * 20 + [1] * 60]
        tasks = [call.start(app) for call in busy]
        await until(endless.begun.is_set)
        asked = [Call({}) for _ in range(2)]
        for call, path in zip(asked, ("/health", "/ready"), strict=True):
            scope = {**SCOPE, "method": "GET", "path": path, "raw_path": path.encode()}
            await asyncio.wait_for(app(scope, call.receive, call.send), 10)
        for call in busy:
            call.hung_up.set()
        await asyncio.gather(*tasks)
        return [call.status for call in asked]

    assert asyncio.run(ask()) == [200, 200]


def test_a_quick_text_has_a_thread_for_each_cpu_unless_others_are_encoded() -> None:
    pools = ThreadPools(2)
    assert pools.quick is pools.single
    with pools.encoding(400) as long:
        assert (long, pools.quick) == (pools.long, pools.short)
    with pools.encoding(2) as short:
        assert (short, pools.quick) == (pools.short, pools.short)
    assert pools.quick is pools.single


def test_what_may_wait_for_a_store_does_not_hold_up_quick_texts() -> None:
    """A search has one text as well, and waits for its store on the same thread."""
    pools = ThreadPools(2)
    with pools.encoding(1) as pool:
        assert (pool, pools.quick) == (pools.short, pools.single)


def test_a_server_that_tells_of_a_hang_up_is_not_asked_for_it(
    endless: Endless, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[Callable[[], None] | None] = []

    async def abandon() -> None:
        call = Call({"input": "a"})
        scope = {**SCOPE, "extensions": {HANG_UP: {"call": told.append}}}
        task = asyncio.create_task(create_app(endless, Settings())(scope, call.receive, call.send))
        await until(endless.begun.is_set)
        (hang_up,) = told
        assert hang_up
        hang_up()
        await task

    asyncio.run(abandon())
    assert endless.stopped.wait(10)
    assert told[1:] == [None]
    assert statuses(capsys) == [499]

"""Log lines that clients cause are few, and say how many were left out."""

from __future__ import annotations

import asyncio
import io
import json
import logging

import pytest
from starlette.requests import ClientDisconnect

from handler.local_server.log_formats import MAX_LINE
from handler.local_server.log_limit import LINES, LINES_OF_A_LOGGER, LimitedHandler
from tests.fake_clock import FakeClock


class Written:
    """A logger with a limited handler, and what it wrote."""

    def __init__(self, clock: FakeClock) -> None:
        self.stream = io.StringIO()
        self.handler = LimitedHandler(self.stream, as_text=True, now=clock.monotonic)
        self.log = logging.getLogger("tests.log_limit")
        self.log.handlers = [self.handler]

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


@pytest.fixture
def written(clock: FakeClock) -> Written:
    return Written(clock)


def test_a_message_has_a_few_lines_in_a_second(written: Written, clock: FakeClock) -> None:
    for number in range(1000):
        written.log.warning("wrong request %d", number)
    assert len(written.lines) == LINES
    clock.sleep(1.1)
    written.handler.report()
    assert written.lines[-1].endswith("990 more lines were left out: wrong request %d")
    written.log.warning("wrong request %d", 1000)
    assert written.lines[-1].endswith("wrong request 1000")
    assert len(written.lines) == LINES + 2


def test_messages_that_differ_each_time_are_limited_together(written: Written) -> None:
    for number in range(1000):
        text = f"{number} of a library that puts values into its messages"
        written.log.warning(text)
    assert len(written.lines) == LINES_OF_A_LOGGER


def test_a_long_message_is_cut(written: Written) -> None:
    written.log.warning("x" * 100_000)
    assert len(written.lines[0]) == MAX_LINE


@pytest.mark.parametrize(
    "error", [ConnectionResetError("gone"), ClientDisconnect(), asyncio.CancelledError()]
)
def test_what_a_client_caused_has_no_traceback(written: Written, error: BaseException) -> None:
    written.log.error("failed", exc_info=error)
    assert len(written.lines) == 1


def test_a_fault_of_ours_has_its_traceback(written: Written) -> None:
    written.log.error("failed", exc_info=ZeroDivisionError("ours"))
    assert written.lines[-1] == "ZeroDivisionError: ours"


def test_lines_for_programs_are_json(clock: FakeClock) -> None:
    stream = io.StringIO()
    log = logging.getLogger("tests.log_limit.json")
    log.handlers = [LimitedHandler(stream, now=clock.monotonic)]
    log.warning("%s\nof two lines", "x" * 100_000)
    log.error("failed", exc_info=ZeroDivisionError("ours"))
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["level"], first["logger"]) == ("WARNING", "tests.log_limit.json")
    assert len(first["message"]) == MAX_LINE
    assert "traceback" not in first
    assert second["message"] == "failed"
    assert second["traceback"].endswith("ZeroDivisionError: ours")

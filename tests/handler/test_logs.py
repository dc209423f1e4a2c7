"""Lines of the log: JSON for programs, text for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from handler import logs
from handler.logs import write_line

REQUEST = {
    "requestId": "r-1",
    "method": "POST",
    "route": "/v1/embeddings",
    "status": 200,
    "milliseconds": 3.14,
    "inputs": 2,
    "tokens": 1_234,
    "truncated": 1,
    "stages": {"run": 2.0},
    "fingerprint": "all-minilm",
    "key": "alice",
    "coldStart": False,
}


@pytest.fixture
def as_text() -> Iterator[None]:
    logs.write_text()
    yield
    logs.write_text(on=False)


def test_a_line_is_json_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    write_line(REQUEST)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("time") > 1.7e9
    assert line == REQUEST


@pytest.mark.usefixtures("as_text")
def test_a_line_of_text_says_what_people_look_for(capsys: pytest.CaptureFixture[str]) -> None:
    write_line(REQUEST, namespace="metrics")
    line = capsys.readouterr().err
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d 200 POST /v1/embeddings 3\.1 ms, 2 inputs, 1,234 tokens, 1 truncated, "
        r"key alice, request r-1\n",
        line,
    )


@pytest.mark.usefixtures("as_text")
def test_a_line_of_text_has_every_field_that_is_not_for_programs_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_line({"route": "ingest", "result": "failed", "again": "It is\x1b[31m broken.\n"})
    line = capsys.readouterr().err
    assert line[9:] == 'ingest result "failed", again "It is\\u001b[31m broken.\\n"\n'


@pytest.mark.usefixtures("as_text")
def test_a_short_line_of_text_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    write_line({"requestId": "r", "route": "/health", "status": 200, "milliseconds": 0.2})
    assert capsys.readouterr().err[9:] == "200 /health 0.2 ms, request r\n"

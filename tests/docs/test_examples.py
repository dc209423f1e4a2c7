"""Every example on the pages runs and prints what its page says, or is listed here with the reason.

JavaScript is run by tests/clients/test_node.py, and what needs `sam local start-lambda` is run by
tests/sam.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Server, start_server
from tests.docs.pages import Example, examples

PYTHON = [one for one in examples("python") if not one.is_for_start_lambda]
SHELL = examples("sh")
# Only this server is asked; any other address is a placeholder.
CURL = [one for one in SHELL if one.code.startswith("curl") and "localhost:8444" in one.code]

# The first lines of the blocks that no test runs as they are, by the reason.
NOT_RUN = {
    "AWS": [
        ".venv/bin/python -m handler.commands.backfill s3://YOUR-BUCKET/PREFIX --queue "
        "YOUR-INGEST-QUEUE-URL",
        ".venv/bin/python -m handler.commands.backfill s3://my-bucket/reports/ --queue QUEUE-URL "
        "--dry-run",
        "aws s3 cp handbook.pdf s3://DOCUMENTS-BUCKET/",
        "aws s3 cp manual.pdf s3://YOUR-DOCUMENTS-BUCKET/ --metadata product=pump",
        "aws s3api get-bucket-notification-configuration --bucket YOUR-BUCKET > notifications.json"
        "   # may be empty: make it {}",
        "aws sqs start-message-move-task --source-arn $(aws sqs get-queue-attributes --queue-url "
        "YOUR-DEAD-LETTER-QUEUE-URL \\",
        "export OPENAI_API_KEY=sk-…   # the key of step 1",
        "make key",  # and `sam build`, `sam deploy`; alone, tests/handler/http/test_auth.py runs it
        "sam delete",
        "sam deploy --guided",
        "sam deploy --parameter-overrides ApiKeyHashes=alice:2cf2…,bob:9f86… Revision=2",
    ],
    "Docker": [
        ".venv-sam/bin/sam local invoke ApiFunction --event events/direct.json",
        "make sam-local",
        "sam build",
    ],
    "the server below is started so": [
        "make ingest DIR=docs",
        "make serve",
        "make serve PRECISION=fp32",
    ],
    "the tests are run so": ["make test"],
}
NEEDS = {
    "AWS": r"s3://|aws |sam d|YOUR-|make key",
    "Docker": r"\bsam[ -]",
    "the server below is started so": r"^make (serve|ingest)",
    "the tests are run so": r"^make test",
}


@pytest.fixture(scope="module")
def library_of_docs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`make serve`, after the pages' `make ingest DIR=docs`."""
    store = {"VECTOR_STORE": f"sqlite:///{tmp_path_factory.mktemp('store')}/documents.sqlite"}
    command = [sys.executable, "-m", "handler.commands.ingest_folder", "docs"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **store}, check=True, capture_output=True)
    with start_server(**store) as server:
        yield server


@pytest.mark.parametrize("example", PYTHON, ids=str)
def test_a_python_example_prints_what_its_page_says(
    example: Example, library_of_docs: Server, tiktoken_cache: Path
) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(example.code.replace("localhost:8444", f"localhost:{library_of_docs.port}"), {})
    assert out.getvalue() == example.printed


@pytest.mark.parametrize("example", CURL, ids=str)
def test_a_curl_example_answers_what_its_page_says(
    example: Example, library_of_docs: Server
) -> None:
    command = example.code.replace("localhost:8444", f"localhost:{library_of_docs.port}")
    done = subprocess.run(command, shell=True, capture_output=True, check=True)
    answer = json.loads(done.stdout)
    if example.printed is None:
        assert "error" not in answer
    else:
        assert_alike(answer, json.loads(example.printed))


def assert_alike(answer: Any, expected: Any) -> None:
    """The same JSON. Products of 8-bit numbers are exact; CPUs differ in how they round to them."""
    if isinstance(expected, dict):
        assert answer.keys() == expected.keys()
        for key, value in expected.items():
            assert_alike(answer[key], value)
    elif isinstance(expected, list):
        assert len(answer) == len(expected)
        for one, other in zip(answer, expected, strict=True):
            assert_alike(one, other)
    elif isinstance(expected, float):
        assert answer == pytest.approx(expected, abs=0.01)
    else:
        assert answer == expected


def test_every_python_and_javascript_example_says_what_it_prints() -> None:
    assert [str(one) for one in examples("python") + examples("js") if not one.printed] == []


def test_one_example_of_each_language_is_run_elsewhere() -> None:
    assert len(examples("python")) == len(PYTHON) + 1
    assert len(examples("js")) == 1


def test_every_shell_example_is_run_or_listed_with_its_reason() -> None:
    first_lines = {one.code.split("\n")[0] for one in SHELL if one not in CURL}
    assert first_lines == {line for lines in NOT_RUN.values() for line in lines}


@pytest.mark.parametrize("reason", NOT_RUN)
def test_what_is_not_run_cannot_be_for_the_reason_given(reason: str) -> None:
    runnable = [line for line in NOT_RUN[reason] if not re.search(NEEDS[reason], line)]
    assert [line for line in runnable if not line.startswith("export OPENAI_API_KEY")] == []

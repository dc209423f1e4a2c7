"""Every example on the pages runs and prints what its page says, or is listed here with the reason.

JavaScript is run by tests/clients/test_node.py, what reads S3 Vectors by
tests/clients/test_s3_vectors.py, and what needs `sam local start-lambda` by tests/sam.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.docs.pages import ROW, Example, examples, quoted, text_of
from tests.local_server import Server, start_server
from tests.paths import ROOT
from website.links import PAGES

# The line that begins a block; the one that ends it has no language.
OPENING = re.compile(r"^ *```(?!\s*$)(\S*)", re.MULTILINE)

PYTHON = [
    one for one in examples("python") if not (one.is_for_start_lambda or one.is_for_s3_vectors)
]
SHELL = examples("sh")
YAML = examples("yaml")
# Only this server is asked; any other address is a placeholder.
CURL = [one for one in SHELL if one.code.startswith("curl") and "localhost:8444" in one.code]
KEY = [one for one in SHELL if one.code == "make key\n"]
# What needs AWS, and what does not end by itself, are not run.
MINILM = [one for one in SHELL if re.match(r"minilm (?!backfill|serve)", one.code)]
LEFT_OUT = [one for one in SHELL if one not in CURL + KEY + MINILM]

# The blocks that no test runs as they stand, by the reason: the first line of each, without its
# comment.
NOT_RUN = {
    "needs AWS": [
        'INDEX="--vector-bucket-name YOUR-VECTOR-BUCKET --index-name YOUR-INDEX"',
        "make key",  # and then `sam deploy`; by itself, it is run below
        "REGISTRY=ACCOUNT.dkr.ecr.REGION.amazonaws.com",
        "aws ecs register-task-definition --cli-input-json "
        "file://deployment/container/ecs-task.json",
        "aws lambda get-function-configuration --function-name YOUR-API-FUNCTION --query "
        "'Environment.Variables'",
        "minilm backfill s3://YOUR-BUCKET/PREFIX --queue YOUR-INGEST-QUEUE-URL",
        "minilm backfill s3://my-bucket/reports/ --queue QUEUE-URL --dry-run",
        "aws s3 cp handbook.pdf s3://DOCUMENTS-BUCKET/",
        "aws s3 cp manual.pdf s3://YOUR-DOCUMENTS-BUCKET/ --metadata product=pump",
        "aws s3api get-bucket-notification-configuration --bucket YOUR-BUCKET > notifications.json",
        "aws sqs start-message-move-task --source-arn $(aws sqs get-queue-attributes --queue-url "
        "YOUR-DEAD-LETTER-QUEUE-URL \\",
        "export OPENAI_API_KEY=sk-…",
        "for index in $(aws s3vectors list-indexes --vector-bucket-name YOUR-VECTOR-BUCKET "
        "--prefix vs- --query 'indexes[].indexName' --output text); do",
        "sam delete",
        "sam deploy --guided",
        "sam deploy --parameter-overrides ApiKeyHashes=alice:2cf2…,bob:9f86… Revision=2",
    ],
    "needs a cluster": [
        "kubectl create secret generic minilm --from-literal=api-key-hashes=alice:2cf2…",
    ],
    "needs Docker": [
        ".venv-sam/bin/sam local invoke ApiFunction --event events/direct.json",
        "docker compose up",
        'docker run --rm -v documents:/data -v "$PWD/docs:/docs:ro" minilm-lambda:latest ingest '
        "/docs",
        "docker run -p 127.0.0.1:8444:8444 -v documents:/data minilm-lambda serve",
        "make image IMAGE=minilm-lambda:latest",
        "make sam-local",
        "sam build",
    ],
    "the fixture does the same": [
        "make ingest DIR=docs",
        "make serve",
        "make serve PRECISION=fp32",
    ],
    "has tests of its own (test_wheel.py)": [
        "python3 -m venv minilm-venv && minilm-venv/bin/pip install .",
        "pipx install .",
        "uv tool install .",
    ],
    "runs the tests": ["make test"],
    "has tests of its own (test_missing.py)": ["make ingest DIR=docs REMOVE=1"],
}
# What the code of such a block must have in it, or the reason would not hold.
SIGNS = {
    "needs AWS": r"s3://|\baws |\bsam d|YOUR-",
    "needs a cluster": r"^kubectl ",
    "needs Docker": r"\bsam[ -]|^docker |^make image",
    "the fixture does the same": r"^make (serve|ingest)\b",
    "has tests of its own (test_wheel.py)": r" install \.$",
    "runs the tests": r"^make test\b",
    "has tests of its own (test_missing.py)": r"^make ingest .*REMOVE=1",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of a store with the documents of docs/: the pages' `make ingest DIR=docs`."""
    store = {"VECTOR_STORE": f"sqlite:///{tmp_path_factory.mktemp('store')}/documents.sqlite"}
    command = [sys.executable, "-m", "handler.commands", "ingest", "docs"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **store}, check=True, capture_output=True)
    return store


@pytest.fixture(scope="module")
def library_of_docs(store: dict[str, str]) -> Iterator[Server]:
    """`make serve`, with the documents."""
    with start_server(**store) as server:
        yield server


@pytest.mark.parametrize("example", PYTHON, ids=str)
def test_a_python_example_prints_what_its_page_says(
    example: Example, library_of_docs: Server, tiktoken_cache: Path
) -> None:
    address = {"localhost:8444": f"localhost:{library_of_docs.port}"}
    assert example.run(address) == example.printed


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


@pytest.mark.parametrize("example", MINILM, ids=str)
def test_an_example_of_a_command_prints_what_its_page_says(
    example: Example, store: dict[str, str]
) -> None:
    program = f'minilm() {{ {sys.executable} -m handler.commands "$@"; }}\nset -o pipefail\n'
    done = subprocess.run(
        ["bash", "-ec", program + example.code],
        cwd=ROOT, env={**os.environ, **store}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == example.printed if example.printed else done.stdout


def test_make_key_prints_a_key_and_its_hash() -> None:
    assert KEY
    command = [sys.executable, "-m", "handler.commands", "key"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    (key,), (sha256,) = re.findall(r"sk-[\w-]{43}", printed), re.findall(r"[0-9a-f]{64}", printed)
    assert hashlib.sha256(key.encode()).hexdigest() == sha256


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


def test_every_block_is_an_example_its_output_or_a_diagram() -> None:
    """A block in any other language, or an output without an example, would be run by nothing."""
    opened = [fence for page in PAGES for fence in OPENING.findall(page.read_text())]
    code = examples("sh") + examples("python") + examples("js")
    assert set(opened) <= {"sh", "python", "js", "json", "text", "mermaid", "yaml"}
    outputs = opened.count("json") + opened.count("text")
    assert outputs == len([one for one in code if one.printed is not None])
    assert len(opened) - outputs - opened.count("mermaid") - len(YAML) == len(code)


@pytest.mark.parametrize("example", YAML, ids=str)
def test_yaml_is_valid_and_names_metrics_that_there_are(example: Example) -> None:
    """The metrics in the tables of the page are those of the server (test_metrics.py)."""
    assert yaml_parse(example.code)
    listed = set(quoted("".join(ROW.findall(text_of(example.page)))))
    named = re.findall(r"minilm_\w+?(?=_bucket|\W)", example.code)
    assert [name for name in named if name not in listed] == []


def test_few_examples_are_run_elsewhere() -> None:
    assert len(examples("python")) == len(PYTHON) + 2
    assert len(examples("js")) == 2


def first_line(example: Example) -> str:
    return re.split(r" +#|\n", example.code)[0]


def test_every_shell_example_is_run_or_listed_with_its_reason() -> None:
    assert {first_line(example) for example in LEFT_OUT} == {
        line for lines in NOT_RUN.values() for line in lines
    }


@pytest.mark.parametrize("reason", NOT_RUN)
def test_a_shell_example_is_left_out_only_if_its_code_shows_the_reason(reason: str) -> None:
    listed = [example for example in LEFT_OUT if first_line(example) in NOT_RUN[reason]]
    groundless = [example for example in listed if not re.search(SIGNS[reason], example.code)]
    assert [str(example) for example in groundless] == []

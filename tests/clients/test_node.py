"""The JavaScript clients openai, LangChain and Vercel's AI SDK, run by tests/node/embed.mjs.

openai up to version 6 (and early 7) decodes any answer as base64: a server that sends numbers gives
it 96 zeros, without an error.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from model_layer import Encoder
from tests.clients.texts import TEXTS, as_rows, many, vectors_of
from tests.docs.pages import Example, examples
from tests.local_server import Server, start_server
from tests.paths import ROOT

NODE = ROOT / "tests" / "node"
OLDEST = 20
LACKING = f"The JavaScript clients are not tested: they need npm and Node {OLDEST} or newer."


def skip_or_fail() -> NoReturn:
    """Trying the project needs no Node. CI must not leave these tests out unnoticed."""
    if os.environ.get("CI"):
        pytest.fail(f"{LACKING} CI is set, so they must run.")
    pytest.skip(LACKING)


def require_node() -> str:
    """The path of Node. Skips the test if there is none, or only an old one."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        skip_or_fail()
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    if not (found := re.match(r"v(\d+)\.", version)) or int(found[1]) < OLDEST:
        skip_or_fail()
    return node


def install() -> None:
    """`npm ci`, unless the locked packages are installed already."""
    locked, installed = NODE / "package-lock.json", NODE / "node_modules" / ".package-lock.json"
    with locked.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # of several test processes, one installs
        # npm writes this file last, so an interrupted installation is repeated.
        if installed.exists() and installed.stat().st_mtime >= locked.stat().st_mtime:
            return
        done = subprocess.run(["npm", "ci"], cwd=NODE, capture_output=True, text=True)
        if done.returncode:
            pytest.fail(f"The JavaScript clients could not be installed:\n{done.stderr[-2000:]}")


@pytest.fixture(scope="session")
def node() -> str:
    """Node, with the clients installed."""
    path = require_node()
    install()
    return path


@dataclass(frozen=True)
class Outcome:
    """A client's result, and the requests and answers behind it."""

    result: Any
    wire: list[dict[str, Any]]  # each request: {"texts": 2, "asked": "base64", "came": ["string"]}


def run_client(node: str, server: Server, client: str, texts: list[str]) -> Outcome:
    command = [node, "embed.mjs", client, server.origin]
    done = subprocess.run(
        command, cwd=NODE, input=json.dumps(texts), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return Outcome(**json.loads(done.stdout))


@pytest.mark.parametrize(
    "client", ["openai", "openai 6", "openai, float", "openai, one text", "openai, Azure"]
)
def test_openai_decodes_the_vectors(
    node: str, server: Server, encoder: Encoder, client: str
) -> None:
    """By default it asks for base64, which must decode to 384 numbers and not to 96 zeros."""
    texts = [*TEXTS, ""]
    outcome = run_client(node, server, client, texts)
    rows = as_rows(outcome.result)
    assert rows.shape == (4, 384)
    np.testing.assert_array_equal(rows, encoder.encode(texts).vectors)
    formats = ("float", "list") if client == "openai, float" else ("base64", "string")
    assert {(sent["asked"], *sent["came"]) for sent in outcome.wire} == {formats}


def test_openai_gets_the_error_and_does_not_retry(node: str, server: Server) -> None:
    outcome = run_client(node, server, "openai, refused", ["a"])
    assert outcome.result == {"name": "BadRequestError", "status": 400, "param": "dimensions"}
    assert len(outcome.wire) == 1


@pytest.mark.parametrize("client", ["langchain", "langchain, one text", "langchain, Azure"])
def test_langchain_gets_the_vectors(
    node: str, server: Server, encoder: Encoder, client: str
) -> None:
    """It replaces newlines with spaces, and sends 512 texts a request and two requests at once."""
    texts = [*TEXTS, ""]
    if client == "langchain":
        texts += many(600)
    outcome = run_client(node, server, client, texts)
    sent = [text.replace("\n", " ") for text in texts]
    np.testing.assert_array_equal(as_rows(outcome.result), vectors_of(encoder, sent))
    assert {(sent["asked"], *sent["came"]) for sent in outcome.wire} == {("base64", "string")}
    if client == "langchain":
        assert sorted(sent["texts"] for sent in outcome.wire) == [len(texts) - 512, 512]


@pytest.mark.parametrize("client", ["ai-sdk", "ai-sdk, one text"])
def test_the_ai_sdk_gets_the_vectors(
    node: str, server: Server, encoder: Encoder, client: str
) -> None:
    """It asks for numbers, and reads nothing else."""
    texts = [*TEXTS, ""]
    outcome = run_client(node, server, client, texts)
    np.testing.assert_array_equal(as_rows(outcome.result), encoder.encode(texts).vectors)
    assert {(sent["asked"], *sent["came"]) for sent in outcome.wire} == {("float", "list")}


def test_without_node_the_tests_skip_but_fail_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="need npm and Node 20 or newer"):
        require_node()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI is set, so they must run"):
        require_node()


@pytest.mark.parametrize("folder", ["node", "browser"])
def test_the_lock_names_no_registry(folder: str) -> None:
    assert '"resolved"' not in (ROOT / "tests" / folder / "package-lock.json").read_text()


@pytest.mark.parametrize("example", examples("js"), ids=str)
def test_the_example_prints_what_its_page_says(node: str, server: Server, example: Example) -> None:
    code = example.code.replace("http://localhost:8444", server.origin)
    command = [node, "--input-type=module", "--eval", code]
    done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, timeout=60)
    assert done.stdout == example.printed, done.stderr


def test_openai_keeps_and_searches_files(tmp_path: Path) -> None:
    node = require_node()
    install()
    with start_server(VECTOR_STORE=f"sqlite:///{tmp_path}/documents.sqlite") as server:
        command = [node, str(NODE / "files.mjs"), server.base_url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "status": "completed",
        "counts": {"in_progress": 0, "completed": 1, "failed": 1, "cancelled": 0, "total": 2},
        "found": ["Error E-2041 means that the pump is dry."],
        "attributes": {"Team": "support", "level": 2},
        "filtered": ["pump.txt"],
        "files": 3,
        "content": "Error E-2041 means that the pump is dry.",
        "gone": [True, True, True],
    }

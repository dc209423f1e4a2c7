"""The README's examples answer as printed there, its commands and its files exist."""

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

README = (ROOT / "README.md").read_text()
# A fenced block, and the block with its output that follows at once, if there is one.
BLOCK = re.compile(r"```(sh|python|js)\n(.*?)```\n(?:\n```(json|text)\n(.*?)```)?", re.DOTALL)


def examples(language: str, *, of_start_lambda: bool = False) -> list[Any]:
    """The blocks that have an output; those for `sam local start-lambda`, or all others."""
    return [
        pytest.param(match[2], match[4], id=f"block {number}")
        for number, match in enumerate(BLOCK.finditer(README))
        if match[1] == language and match[4] and ("localhost:3001" in match[2]) == of_start_lambda
    ]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`make serve`, after the README's `make ingest DIR=docs`."""
    store = {"VECTOR_STORE": f"sqlite:///{tmp_path_factory.mktemp('store')}/documents.sqlite"}
    command = [sys.executable, "-m", "handler.commands.ingest_folder", "docs"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **store}, check=True, capture_output=True)
    with start_server(**store) as server:
        yield server


@pytest.mark.parametrize(("code", "printed"), examples("python"))
def test_a_python_example_prints_what_the_readme_says(
    code: str, printed: str, server: Server, tiktoken_cache: Path
) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code.replace("localhost:8444", f"localhost:{server.port}"), {})
    assert out.getvalue() == printed


@pytest.mark.parametrize(("command", "printed"), examples("sh"))
def test_a_shell_example_answers_what_the_readme_says(
    command: str, printed: str, server: Server
) -> None:
    command = command.replace("localhost:8444", f"localhost:{server.port}")
    done = subprocess.run(command, shell=True, capture_output=True, check=True)
    answer, expected = json.loads(done.stdout), json.loads(printed)
    vectors = [document["data"][0].pop("embedding") for document in (answer, expected)]
    # Products of 8-bit numbers are exact; where a CPU rounds to them differs in the last bits.
    assert vectors[0] == pytest.approx(vectors[1], abs=0.01)
    assert answer == expected


def test_every_example_is_run() -> None:
    # One of them needs `sam local start-lambda`: tests/sam runs it.
    assert len(examples("python")) == README.count("```python\n") - 1 == 7
    assert len(examples("js")) == README.count("```js\n") == 1  # run by tests/clients/test_node.py
    assert len(examples("sh")) == README.count("```json\n") == 1


def test_every_make_command_named_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z0-9-]+)", README)) | set(
        re.findall(r"^make ([a-z0-9-]+)$", README, re.MULTILINE)
    )
    assert {"serve", "test"} <= named <= targets


def test_every_file_named_in_the_tour_exists() -> None:
    tour = README[README.index("## How it works") :]
    for row in re.findall(r"^\| (`.*?) \|", tour, re.MULTILINE):
        folder = ""
        for name in re.findall(r"`([^`]+)`", row):
            # "`handler/a.py`, `b.py`": the second is in the folder of the first
            path = ROOT / name if "/" in name else ROOT / folder / name
            folder = str(Path(name).parent) if "/" in name else folder
            assert path.exists(), name


def test_the_numbers_are_those_of_the_last_runs() -> None:
    results = ROOT / "benchmarks" / "results"
    assert (results / "side-by-side.md").read_text() in README
    benchmarks = (ROOT / "benchmarks" / "README.md").read_text()
    assert [path.name for path in results.glob("*.md") if path.read_text() not in benchmarks] == []

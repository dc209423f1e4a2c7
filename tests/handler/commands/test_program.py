"""`minilm` runs its commands, loads no more than each needs, and explains itself."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from handler.commands.program import COMMANDS, run
from handler.version import VERSION
from tests.paths import ROOT

PROGRAM = [sys.executable, "-m", "handler.commands"]


def test_the_commands_are_listed_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        run(["--help"])
    shown = capsys.readouterr().out
    for name, what in COMMANDS.items():
        assert f"  {name}" in shown
        assert what in shown
    assert "minilm ingest docs\n" in shown
    assert "130 and 143 interrupted" in shown


def test_every_command_explains_itself_with_two_examples_or_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit, match="0"):
            run([name, "--help"])
        shown = capsys.readouterr().out
        assert shown.startswith(f"usage: minilm {name} ")
        assert shown.count(f"  minilm {name}") + shown.count(f"| minilm {name}") >= 2


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        run(["--version"])
    assert capsys.readouterr().out == f"minilm {VERSION}\n"


def test_wrong_usage_has_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(["bogus\x1b"])
    assert "invalid choice: 'bogus\\x1b'" in capsys.readouterr().err
    assert run([]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.splitlines()[0]) == ("", "usage: minilm [-h] [--version] COMMAND")


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (["--store", "x", "serve"], "minilm serve --store …"),
        (["--store=x", "search", "a"], "minilm search --store …"),
        (["--store", "x"], "minilm COMMAND --store …"),
    ],
)
def test_options_come_after_the_command(
    arguments: list[str], cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(arguments)
    said = capsys.readouterr().err
    assert said.endswith(f"error: options come after the command: {cure}\n")


@pytest.mark.parametrize(
    ("arguments", "strangers"),
    [
        (["--help"], {"numpy", "onnxruntime", "pydantic", "fastapi"}),
        (["key"], {"numpy", "onnxruntime", "fastapi", "starlette"}),
        (["text", "--help"], {"fastapi", "starlette", "uvicorn", "boto3"}),
        (["search", "--help"], {"fastapi", "starlette", "uvicorn", "boto3", "apsw"}),
        (["embed", "--help"], {"fastapi", "starlette", "uvicorn", "boto3", "apsw", "pydantic"}),
        (["serve", "--help"], {"onnx", "boto3", "handler.api"}),
    ],
    ids=["help", "key", "text", "search", "embed", "serve"],  # sets have no order of their own
)
def test_a_command_loads_only_what_it_needs(arguments: list[str], strangers: set[str]) -> None:
    program = (
        "import sys\nfrom handler.commands.program import run\n"
        f"try: run({arguments})\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    )
    run = [sys.executable, "-c", program]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, check=True, text=True)
    assert not strangers & set(done.stderr.split())


def test_a_reader_that_has_seen_enough_causes_no_error(tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("a cat\n" * 2_000)
    command = " ".join([*PROGRAM, "embed", "--file", str(texts), "| head -c 100"])
    script = f"set -o pipefail; {command}"
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('{"index":0,')


def test_every_command_is_a_module_with_a_main() -> None:
    for name in COMMANDS:
        assert callable(import_module(f"handler.commands.{name}").main)


def test_a_terminal_that_lacks_letters_shows_their_codes(tmp_path: Path) -> None:
    path = tmp_path / "greek.txt"
    path.write_text("# Ω\n\nThe ohm is the unit of resistance.")
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    for options, expected in (((), b"\\u03a9"), (("--json",), "Ω".encode())):
        run = [*PROGRAM, "text", str(path), *options]
        done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, check=True)
        assert expected in done.stdout


@pytest.mark.parametrize("command", ["key", "--help", "embed a", "embed a --text"])
def test_an_output_that_cannot_be_written_is_one_sentence(command: str) -> None:
    environment = {name: os.environ[name] for name in os.environ if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("wb") as full:
        run = [*PROGRAM, *command.split()]
        done = subprocess.run(run, cwd=ROOT, env=environment, stdout=full, stderr=subprocess.PIPE)
    assert done.stderr == b"The output cannot be written: No space left on device.\n"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("redirections", "said"),
    [(">&-", ""), ("<&-", "There was no text to embed.\n"), ("<&- >&- 2>&-", "")],
)
def test_closed_streams_are_as_the_null_device(redirections: str, said: str) -> None:
    script = f"{' '.join([*PROGRAM, 'embed'])} {redirections}"
    run = ["bash", "-c", script]
    done = subprocess.run(run, cwd=ROOT, input="a cat\n", capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", said)

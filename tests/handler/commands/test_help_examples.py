"""The examples that `minilm COMMAND --help` shows run in a folder with their files."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from handler.commands.program import COMMANDS
from tests.handler.documents.pdf.samples import drawn
from tests.paths import ROOT

# They do not end, need AWS, or take a minute: only their options are looked at.
NOT_RUN = r"minilm (serve|backfill|model --precision)\b"


def examples() -> Iterator[str]:
    for name in COMMANDS:
        text: str = import_module(f"handler.commands.{name}").EXAMPLES
        yield from (re.split(" {3,}", line)[0] for line in text.strip().splitlines())


EXAMPLES = list(examples())
RUN = [example for example in EXAMPLES if not re.search(NOT_RUN, example)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name, and a home folder with papers."""
    folder = tmp_path_factory.mktemp("examples")
    for name in ("docs", "papers"):
        (folder / name).mkdir()
        (folder / name / "keys.md").write_text("---\nyear: 2024\n---\n# Keys\n\nRotate E-2041.")
    (folder / "report.pdf").write_bytes(drawn("BT /F1 12 Tf 72 700 Td (An annual report.) Tj ET"))
    (folder / "page.html").write_text("<h1>A page</h1><p>With a text.</p>")
    (folder / "sentences.txt").write_text("A sentence.\nAnother one.\n")
    return folder


def test_examples_run_in_the_order_of_the_commands(folder: Path) -> None:
    """What one ingests, the next searches."""
    assert len(RUN) >= 12
    program = f'minilm() {{ {sys.executable} -m handler.commands "$@"; }}\nset -eo pipefail\n'
    environment = {key: value for key, value in os.environ.items() if key != "VECTOR_STORE"}
    done = subprocess.run(
        ["bash", "-c", program + "\n".join(RUN)],
        cwd=folder,
        env={**environment, "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    made = {path.name for path in folder.iterdir() if path.is_file()}
    assert {"documents.sqlite", "papers.sqlite", "vectors.npy", "vectors.jsonl"} <= made
    assert '"filename":"keys.md"' in done.stdout


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one not in RUN])
def test_examples_that_are_not_run_have_options_that_there_are(
    example: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, name, *arguments = shlex.split(example)
    import_module(f"handler.commands.{name}")._parser().parse_args(arguments)

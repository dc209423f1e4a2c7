"""`minilm text` shows what ingestion reads of a file, for people and as JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from handler.commands.text import main

PAGE = "<title>Shop</title><main><h1>Shop</h1><h2>Hours</h2><p>From nine to five.</p></main>"
FIELDS = {
    *("status", "format", "charset", "text", "headings", "pages", "warnings", "last_error"),
    *("title", "attributes"),
}


def shown(path: Path, capsys: pytest.CaptureFixture[str], status: int = 0) -> dict[str, Any]:
    """What `--json` prints, after `main` has returned `status`."""
    assert main([str(path), "--json"]) == status
    described: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert described.keys() == FIELDS
    return described


def test_a_file_is_shown_as_people_read_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    assert main([str(path)]) == 0
    shown = capsys.readouterr()
    assert shown.out == "# Shop\n\n## Hours\n\nFrom nine to five.\n"
    assert shown.err == "completed: html, utf-8, 36 characters\n"


def test_a_file_is_shown_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    assert shown(path, capsys) == {
        "status": "completed",
        "format": "html",
        "charset": "utf-8",
        "text": "# Shop\n\n## Hours\n\nFrom nine to five.",
        "headings": ["Shop", "Hours"],
        "pages": None,
        "title": "Shop",
        "attributes": {},
        "warnings": [],
        "last_error": None,
    }


def test_a_refused_file_says_why_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "photo.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    described = shown(path, capsys, status=1)
    assert (described["status"], described["text"]) == ("failed", "")
    assert described["last_error"]["code"] == "unsupported_file"
    assert main([str(path)]) == 1
    assert capsys.readouterr().err.startswith("failed (unsupported_file): The file seems to be")


def test_a_warning_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "thai.txt"
    path.write_text("ห้องสมุด opens at nine")
    (warning,) = shown(path, capsys)["warnings"]
    assert "unknown to the model" in warning
    assert main([str(path)]) == 0
    assert f"warning: {warning}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name the file: minilm text FILE"),
        (["--json"], "Name the file"),
        (["--", "--json"], "There is no file"),
        (["no such file"], "There is no file"),
        (["."], "is a folder"),
    ],
)
def test_a_wrong_argument_is_named(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == (2 if message.startswith("Name") else 1)
    assert message in capsys.readouterr().err


def test_a_current_folder_that_is_gone_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["a.txt"]) == 1
    said = capsys.readouterr().err
    assert said == "a.txt cannot be accessed: No such file or directory.\n"


def test_an_unknown_option_is_named_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["a", "--json\x1b[31m"])
    assert capsys.readouterr().err.endswith(
        "unrecognized arguments: --json\\x1b[31m (if it is no option, put -- before it)\n"
    )


def test_a_file_that_ingestion_leaves_out_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "_SUCCESS").touch()
    assert main([str(tmp_path / "_SUCCESS")]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path}/_SUCCESS is a lock, a marker, or part of a vector store")


def test_a_pipe_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    assert main([str(pipe)]) == 1
    assert "is not a regular file" in capsys.readouterr().err

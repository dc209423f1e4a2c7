"""`minilm embed` gives texts their vectors, as JSON lines or as an array."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handler.commands import embed
from handler.commands.embed import main
from model_layer import Encoder
from tests.paths import ROOT

TEXTS = ["a cat", "a dog", "a cat"]


def embedded(capfd: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(list(arguments)) == 0
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_each_text_has_a_line_in_order(encoder: Encoder, capfd: pytest.CaptureFixture[str]) -> None:
    lines = embedded(capfd, *TEXTS)
    vectors = encoder.encode(TEXTS).vectors
    assert [line["index"] for line in lines] == [0, 1, 2]
    assert [line["tokens"] for line in lines] == [4, 4, 4]
    assert not any(line["truncated"] for line in lines)
    read = np.array([line["embedding"] for line in lines], np.float32)
    assert np.array_equal(read, vectors)


def test_people_see_the_first_numbers(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["a cat", "b" * 100, "--text"]) == 0
    first, second = capfd.readouterr().out.splitlines()
    assert first.startswith("a cat: 4 tokens, 384 numbers: 0.0")
    assert second.startswith("b" * 59 + "…: ")


@pytest.mark.parametrize("count", [0, 1, 1_030])
def test_an_array_has_a_row_for_each_line(
    count: int, tmp_path: Path, encoder: Encoder, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = [f"line {n % 7}" for n in range(count)]
    texts, output = tmp_path / "texts.txt", tmp_path / "vectors.npy"
    texts.write_text("".join(f"{line}\n" for line in lines))
    assert main(["--file", str(texts), "--output", str(output)]) == 0
    assert capfd.readouterr().out == ""
    assert np.array_equal(np.load(output), encoder.encode(lines).vectors)
    assert sorted(tmp_path.iterdir()) == [texts, output]


def test_lines_of_standard_input_are_texts(encoder: Encoder, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "handler.commands", "embed"]
    run = subprocess.run(
        [*command, "--output", str(tmp_path / "out.jsonl")],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},  # the texts are UTF-8 all the same
        input="\ufeffa cat\r\nein Käfer\n".encode(),
        capture_output=True,
        check=True,
    )
    assert run.stdout == run.stderr == b""
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    expected = encoder.encode(["a cat", "ein Käfer"]).vectors
    assert np.array_equal(np.array([one["embedding"] for one in lines], np.float32), expected)


def test_texts_that_are_cut_or_empty_are_named(capfd: pytest.CaptureFixture[str]) -> None:
    long = "word " * 300
    assert main([long, "", "a", *[long] * 7]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out.splitlines()[0])["truncated"]
    assert err.splitlines() == [
        "warning: 8 texts are cut to what the model reads: 1, 4, 5, 6, 7, …",
        "warning: text 2 is empty, so the vector says nothing",
    ]


def test_any_number_of_texts_can_be_noted() -> None:
    """A text each would cost memory that grows with a file."""
    noted = embed.Noted()
    noted.add(range(3, 1_000))
    noted.add(range(1_000, 10_003))
    assert (noted.count, noted.first) == (10_000, [3, 4, 5, 6, 7])


def test_a_text_that_must_not_be_cut_is_refused_by_its_number(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "BATCH", 2)
    output = tmp_path / "out.npy"
    refused = ["a", "b", "c", "word " * 300, "--truncate", "NONE", "--output", str(output)]
    assert main(refused) == 1
    said = capfd.readouterr().err
    assert said.startswith("Text 4 has 302 tokens; the model reads 256. Shorten it, or cut")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("TRUNCATE", "NONE")
    assert main(["word " * 300]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--file", "none.txt"], "none.txt: No such file or directory."),
        (["--file", "latin.txt"], "Line 2 of latin.txt is not UTF-8: it has the byte 0xe4; conv"),
        (["--file", "/dev/zero"], "Line 1 of /dev/zero is longer than 1,000,000 characters; spl"),
        (["--file", ""], "The name of the file is empty; name one, or - for standard input."),
        (["a", "--output", "no/folder/out.npy"], "no/folder/out.npy: No such file or directory."),
        (["a", "--output", "/dev/full"], "/dev/full: No space left on device."),
        (["a", "--output", "device.npy"], "device.npy is a pipe or a device, which cannot hold"),
        (["--file", "."], "Is a directory."),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.txt").write_bytes(b"a cat\nk\xe4fer\n")
    (tmp_path / "device.npy").symlink_to("/dev/null")
    assert main(arguments) == 1
    said = capfd.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("name", ["", ".", "folder", "new/"])
def test_an_output_without_a_file_is_refused_before_the_model_loads(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(embed, "load_encoder", None)
    (tmp_path / "folder").mkdir()
    assert main(["a", "--output", name]) == 1
    said = capfd.readouterr().err
    assert "name a file" in said
    assert len(said.splitlines()) == 1


def test_a_dash_is_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    assert len(embedded(capfd, "a cat", "a dog", "--output", "-")) == 2


def test_a_line_may_be_as_long_as_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embed, "MAX_LINE", 5)
    texts = tmp_path / "texts.txt"
    texts.write_bytes(b"a cat\r\na dog")
    assert len(embedded(capfd, "--file", str(texts))) == 2
    texts.write_text("a cat\na horse\n")
    assert main(["--file", str(texts)]) == 1
    assert "Line 2 of " in capfd.readouterr().err


def test_wrong_usage_has_status_2(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["a", "--file", "b"])
    with pytest.raises(SystemExit, match="2"):
        main(["a", "--output", "a.npy", "--json"])
    assert "a file that ends in .npy is an array" in capfd.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert main([]) == 2
    assert "Give texts, or --file FILE" in capfd.readouterr().err

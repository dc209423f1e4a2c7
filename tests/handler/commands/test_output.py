"""What is printed as JSON is JSON, whatever names it has."""

from __future__ import annotations

import argparse
import json
import os
import sys

import numpy as np
import pytest

from handler.commands.output import add_format_options, print_json, wants_json


def test_names_that_are_not_utf8_are_escaped(capfd: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    print_json({"remarks": [{"file": name, "count": 1}], name: (None, "\ud800", "käfer")})
    assert json.loads(capfd.readouterr().out) == {
        "remarks": [{"file": r"caf\xe9.txt", "count": 1}],
        r"caf\xe9.txt": [None, r"\ud800", "käfer"],
    }


def test_an_array_is_a_list(capfd: pytest.CaptureFixture[str]) -> None:
    print_json({"a": np.array([1, 2]), "b": "\udce9"})
    assert json.loads(capfd.readouterr().out) == {"a": [1, 2], "b": r"\xe9"}


def test_what_is_no_json_is_an_error() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        print_json({"a": object()})


@pytest.mark.parametrize(
    ("arguments", "on_a_terminal", "called_by", "expected"),
    [
        ([], True, "", False),
        ([], False, "", True),
        ([], False, "make", False),
        (["--json"], True, "make", True),
        (["--text"], False, "", False),
    ],
)
def test_people_get_text_and_programs_json(
    arguments: list[str],
    on_a_terminal: bool,
    called_by: str,
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: on_a_terminal)
    monkeypatch.setenv("MINILM_CALLED_BY", called_by)
    parser = argparse.ArgumentParser()
    add_format_options(parser)
    assert wants_json(parser.parse_args(arguments)) is expected

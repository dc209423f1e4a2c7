"""What is printed as JSON is JSON, whatever names it has."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from handler.commands.output import print_json


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

"""What a JSON value looks like as text, and what of it is left out."""

from __future__ import annotations

import base64
import json
import random

from handler.documents.json_values import MAX_NUMBERS
from tests.handler.documents.samples import read

BLOB = base64.b64encode(random.Random(1).randbytes(300)).decode()


def text(value: object) -> str:
    document = read(json.dumps(value), "a.json")
    assert document.warnings == ()
    return document.text


def test_a_list_of_lines_is_lines() -> None:
    assert text({"source": ["line one\n", "\n", "line two\n", "end"]}) == (
        "source: line one\n\nline two\nend"
    )
    assert (
        text({"notes": ["Call back.", "Pay, then leave."]}) == "notes: Call back.\nPay, then leave."
    )


def test_a_list_of_words_or_numbers_is_one_line() -> None:
    assert (
        text({"tags": ["red", "blue"], "n": [1, 2.5, True]}) == "tags: red, blue\n\nn: 1, 2.5, true"
    )
    assert text([["Lyon", "big, old"], ["Graz", "a."]]) == "Lyon, big, old\n\nGraz, a."


def test_a_long_list_of_numbers_is_left_out_and_counted() -> None:
    numbers = [[at, at + 0.5] for at in range(MAX_NUMBERS)]
    road = {"name": "Road", "geometry": {"type": "LineString", "coordinates": numbers}}
    document = read(json.dumps({"features": [road]}), "a.geojson")
    assert document.text == "features[0].name: Road\nfeatures[0].geometry.type: LineString"
    assert document.warnings == (
        "1 list of more than 200 numbers, such as coordinates, was left out (400 numbers).",
    )


def test_shorter_lists_of_numbers_and_rows_are_kept() -> None:
    assert text({"at": [10.75, 59.91]}) == "at: 10.75, 59.91"
    assert text([[1, 2]] * 300).count("1, 2") == 300
    assert text({"rows": [[1, "x"]] * 300}).count("1, x") == 300


def test_embedded_files_are_left_out_and_counted() -> None:
    value = {"name": "plan", "image": BLOB, "html": f"<img src='data:image/png;base64,{BLOB}'>"}
    document = read(json.dumps(value), "a.json")
    assert document.text == "name: plan\n\nhtml: <img src=''>"
    assert document.warnings == ("2 embedded files (base64, 822 characters) were left out.",)


def test_a_very_long_key_without_values_costs_nothing() -> None:
    pairs = ",".join(['"k":null'] * 100_000)
    content = f'{{"{"x" * 1_000_000}": {{{pairs}, "end": 1}}}}'
    assert read(content, "a.json").text.endswith(".end: 1")

"""Front matter gives the title and attributes, and is no heading."""

from __future__ import annotations

import pytest

from handler.documents.markdown.front_matter import split_front_matter
from tests.handler.documents.samples import read

EXPECTED = {
    "tags": "roses, hedges",
    "draft": False,
    "weight": 3,
    "ratio": 0.5,
    "date": "2024-05-01",
}


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Pruning\ntags: [roses, hedges]\ndraft: false\nweight: 3\nratio: 0.5\n"
        "date: 2024-05-01\n---\n",
        "---\n# about\ntitle: 'Pruning'\ntags:\n  - roses\n  - \"hedges\"\ndraft: false # not yet\n"
        "weight: 3\nratio: 0.5\ndate: 2024-05-01\nempty:\nnone: null\n...\n",
        '+++\ntitle = "Pruning"\ntags = ["roses", "hedges"]\ndraft = false\nweight = 3\n'
        "ratio = 0.5\ndate = 2024-05-01\n+++\n",
        '+++\ntitle = "Pruning"\ntags = [\n  "roses",\n  "hedges",\n]\ndraft = false\nweight = 3\n'
        "ratio = 0.5\ndate = 2024-05-01\n+++\n",
        '{\n"title": "Pruning", "tags": ["roses", "hedges"], "draft": false,\n"weight": 3, '
        '"ratio": 0.5, "date": "2024-05-01", "none": null\n}\n',
    ],
    ids=["yaml", "yaml-lists", "toml", "toml-lines", "json"],
)
def test_title_and_attributes_are_read(front: str) -> None:
    document = read(f"{front}\nCut in March.\n", "a.md")
    assert document.title == "Pruning"
    assert document.attributes == EXPECTED
    assert document.text == "Cut in March.\n"
    assert (document.headings, document.warnings) == ((), ())


def test_headings_below_front_matter_have_the_right_offsets() -> None:
    document = read("---\r\ntitle: T\r\n---\r\n\r\n# One\r\n\r\nText\r\n", "a.md")
    assert document.text == "# One\n\nText\n"
    assert [(heading.offset, heading.text) for heading in document.headings] == [(0, "One")]


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        ('"a: b # c"', "a: b # c"),
        ("'it''s'", "it's"),
        ('"say \\"so\\""', 'say "so"'),
        ("a b # comment", "a b"),
        ("http://x.example/#y", "http://x.example/#y"),
        ("007", "007"),
        ("123456789012345678901", "123456789012345678901"),
        ("TRUE", True),
        ("-5", -5),
        ("|\n  two\n  lines", "two lines"),
        (">-\n  two\n  lines", "two lines"),
        ("goes\n  on", "goes on"),
        ('["a, b", c, 3, true]', "a, b, c, 3, true"),
    ],
)
def test_values_of_yaml_are_read(value: str, read_as: object) -> None:
    front, rest = split_front_matter(f"---\nkey: {value}\n---\nText")
    assert (front.attributes, front.unread, rest) == ({"key": read_as}, "", "Text")


@pytest.mark.parametrize(
    "unread",
    [
        "author:\n  name: Ana\n  city: Oslo",
        "authors:\n  - name: Ana",
        "point: {x: 1}",
        "copy: *anchor",
        f"description: {'long ' * 200}",
        "\n".join(f"key{number}: 1" for number in range(20)),
        "just a line",
    ],
)
def test_front_matter_that_says_more_stays_in_the_text(unread: str) -> None:
    content = f"---\ntitle: Pruning\n{unread}\n---\n\n# One\n"
    document = read(content, "a.md")
    assert document.title == "Pruning"
    assert document.text == content
    assert [document.text[heading.offset :] for heading in document.headings] == ["# One\n"]


@pytest.mark.parametrize(
    "content",
    [
        "---\nSome text\n---\n",
        "---\n\n# One\n",
        "---\ntitle: never closed\n\nText\n",
        "Text\n---\ntitle: x\n---\n",
        '{"a": 1} is an object\n',
        "{% include x %}\n",
        "+++\na = 1\n---\n",
    ],
)
def test_what_is_no_front_matter_is_text(content: str) -> None:
    document = read(content, "a.md")
    assert document.text == content
    assert (document.title, document.attributes) == (None, {})


def test_a_toml_table_is_not_read() -> None:
    front, _ = split_front_matter('+++\ntitle = "T"\n[params]\na = 1\n+++\nx')
    assert (front.title, dict(front.attributes)) == ("T", {})
    assert front.unread.startswith("+++")


def test_very_long_front_matter_is_text() -> None:
    content = "---\n" + "key: value\n" * 10_000 + "---\nText\n"
    assert split_front_matter(content)[1] == content


def test_fenced_json_is_front_matter() -> None:
    document = read('---json\n{"title": "Plan", "draft": true}\n---\n\n# A\n', "a.md")
    assert (document.title, document.attributes) == ("Plan", {"draft": True})
    assert document.text == "# A\n"
    nested = '---json\n{"title": "Plan", "a": {"b": 1}}\n---\n# A\n'
    document = read(nested, "a.md")
    assert (document.text, document.title) == (nested, "Plan")
    for block in ("{broken", "[1]"):
        content = f"---json\n{block}\n---\n# A\n"
        document = read(content, "a.md")
        assert (document.text, [each.text for each in document.headings]) == (content, ["A"])


def test_a_language_may_follow_the_fence() -> None:
    assert read('---toml\ntitle = "T"\n---\nx\n', "a.md").title == "T"
    assert read("---yaml\ntitle: T\n---\nx\n", "a.md").title == "T"


def test_text_between_two_rules_is_no_front_matter() -> None:
    text = "---\n\nNote: the pump must be off\n\n---\n\nText below"
    document = read(text, "a.md")
    assert (document.text, document.attributes) == (text, {})

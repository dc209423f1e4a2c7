"""The badges of the README are true, and they are pictures of this repository."""

from __future__ import annotations

import tomllib
from xml.etree import ElementTree

import pytest

from website.badges import FOLDER, badges, draw
from website.links import ROOT, links_in


def test_the_badges_are_those_that_pyproject_makes() -> None:
    drawn = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert drawn == badges(), "run `make docs`"


def test_the_readme_shows_each_of_them() -> None:
    shown = {link.file(ROOT / "README.md") for link in links_in((ROOT / "README.md").read_text())}
    assert {FOLDER / name for name in badges()} <= shown


def test_a_badge_states_what_pyproject_states() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"version: {project['version']}</title>" in badges()["version.svg"]


@pytest.mark.parametrize("value", ["0.2.0", 'a<b & "c"'])
def test_a_badge_is_valid_and_as_wide_as_its_text(value: str) -> None:
    picture = ElementTree.fromstring(draw("name", value))
    texts = picture.findall(".//{http://www.w3.org/2000/svg}text")
    assert [text.text for text in texts] == ["name", value]
    end = float(texts[1].attrib["x"]) + float(texts[1].attrib["textLength"])
    assert end < float(picture.attrib["width"])

"""The page's tab "Connect" shows code that the documentation has, too, and whose tests run it."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import Example, examples
from tests.paths import ROOT

SNIPPETS = (ROOT / "handler" / "page" / "snippets.js").read_text()
CODE = re.findall(r"code: String\.raw`\n(.*?)`,\n", SNIPPETS, re.DOTALL)
TESTED: list[Example] = [*examples("python"), *examples("js"), *examples("sh")]


def test_each_client_has_code() -> None:
    assert len(CODE) == SNIPPETS.count("id: ") == SNIPPETS.count("String.raw") > 5


@pytest.mark.parametrize("code", CODE, ids=lambda code: code.splitlines()[0][:40])
def test_the_code_of_a_client_is_an_example_of_the_docs(code: str) -> None:
    assert [str(one) for one in TESTED if one.code == code] != []

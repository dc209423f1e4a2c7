"""The limits that the page says, or keeps to, are those of the server."""

from __future__ import annotations

import re

import pytest

from handler import limits
from handler.http.routes.page import FOLDER
from tests.paths import ROOT


@pytest.mark.parametrize(
    ("file", "pattern", "limit"),
    [
        ("upload.js", r"const ONE_REQUEST = ([\d_]+);", limits.LAMBDA_FILE),
        ("compare.js", r"const MOST_OF_API = ([\d_]+);", limits.MAX_INPUTS),
        ("index.html", r'id="limit" type="number" min="1" max="(\d+)"', limits.MAX_RESULTS),
        ("index.html", r'id="store-name" type="text" maxlength="(\d+)"', limits.MAX_STORE_NAME),
    ],
)
def test_a_number_of_the_page_is_the_servers(file: str, pattern: str, limit: int) -> None:
    found = re.findall(pattern, (FOLDER / file).read_text("utf-8"))
    assert [int(number) for number in found] == [limit]


def test_the_page_says_the_size_of_the_largest_document() -> None:
    page = (FOLDER / "index.html").read_text("utf-8")
    assert re.findall(r"(\d+) MB per file", page) == [str(limits.MAX_DOCUMENT // 2**20)]


def test_the_docs_say_from_which_size_on_a_file_is_sent_in_parts() -> None:
    docs = (ROOT / "docs" / "page.md").read_text("utf-8")
    megabytes = f"{limits.LAMBDA_FILE / 1e6:g}"
    assert re.findall(r"Files over ([\d.]+) MB are sent in parts", docs) == [megabytes]

"""What can be read from the pages of the documentation: examples, sections, tables.

Links are website/links.py's.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from website.links import PAGES, ROOT

# The changelog and the decisions tell of earlier layouts and commands, too.
PAGES_OF_TODAY = [
    page for page in PAGES if page.name != "CHANGELOG.md" and page.parent.name != "decisions"
]
# The address that `sam local start-lambda` serves; its example is run by tests/sam.
START_LAMBDA = "localhost:3001"
# A vector bucket on AWS; its example is run by tests/clients/test_s3_vectors.py.
VECTOR_BUCKET = "YOUR-VECTOR-BUCKET"

# A fenced block, and the block with its output that follows at once, if there is one.
BLOCK = re.compile(
    r"^```(sh|python|js|yaml)\n(.*?)^```\n(?:\n```(?:json|text)\n(.*?)^```$)?",
    re.DOTALL | re.MULTILINE,
)
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A fenced block of code, and what the page says that it prints."""

    page: str
    number: int  # of the blocks of code on its page
    language: str
    code: str
    printed: str | None

    def __str__(self) -> str:
        return f"{self.page} {self.number}"

    @property
    def is_for_start_lambda(self) -> bool:
        return START_LAMBDA in self.code

    @property
    def is_for_s3_vectors(self) -> bool:
        return VECTOR_BUCKET in self.code

    def run(self, replaced: Mapping[str, str]) -> str:
        """Run it, if it is Python, with its placeholders replaced. Returns what it prints."""
        code = self.code
        for placeholder, value in replaced.items():
            code = code.replace(placeholder, value)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            # Without the `__future__` imports of this file.
            exec(compile(code, str(self), "exec", dont_inherit=True), {"__name__": "example"})
        return out.getvalue()


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def text_of(name: str) -> str:
    """The text of a page, by its path from the repository's root."""
    return (ROOT / name).read_text()


def examples(language: str) -> list[Example]:
    """The blocks of code in this language, on all pages."""
    return [
        Example(name_of(page), number, match[1], match[2], match[3])
        for page in PAGES
        for number, match in enumerate(BLOCK.finditer(page.read_text()), start=1)
        if match[1] == language
    ]


def section(text: str, heading: str) -> str:
    """The part of a page under a heading, up to the next one of its level."""
    level = heading.split(" ", maxsplit=1)[0]
    after = text.split(f"\n{heading}\n", 1)[1]
    return re.split(rf"^{level} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of the tables in `text`, header rows left out."""
    for table in re.split(r"\n\s*\n", text):
        for match in ROW.findall(table)[2:]:
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", match)]


def quoted(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", FENCED.sub("", text))

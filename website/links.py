"""The links between the pages of the documentation, and whether they lead somewhere.

`make lint` runs it as a command. It asks no other host.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
]

CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
# [text](target "title") and ![text](target); attributes of HTML; [name]: target
TARGET = re.compile(
    r'(?<=\]\()(?P<link>[^()\s]+)(?=(?: "[^"]*")?\))'
    r'|\b(?:src|srcset|href)="(?P<attribute>[^"]+)"'
    r"|^\[[^\]]+\]: +(?P<reference>\S+)",
    re.MULTILINE,
)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
LINKED = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Link:
    """Where a link leads, and which characters of its page say so."""

    target: str
    start: int
    end: int

    @property
    def is_local(self) -> bool:
        """Whether it leads to a file of this repository."""
        return not re.match(r"[a-z][a-z0-9+.-]*:|//", self.target)

    @property
    def path(self) -> str:
        return self.target.partition("#")[0]

    @property
    def anchor(self) -> str:
        return self.target.partition("#")[2]

    def file(self, page: Path) -> Path:
        """The file or folder that it leads to from this page."""
        return (page.parent / self.path).resolve() if self.path else page


def links_in(text: str) -> Iterator[Link]:
    """The links and pictures of a page, code left out."""
    for match in TARGET.finditer(_without_code(text)):
        group = match.lastgroup or ""
        yield Link(match[group], match.start(group), match.end(group))


def anchors(text: str) -> list[str]:
    """The anchors of the headings of a page, before those of equal headings are numbered."""
    # Headings keep their code: only fenced blocks may have lines that look like headings.
    fenced = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return [slug(LINKED.sub(r"\1", heading)) for heading in HEADING.findall(fenced)]


def slug(heading: str, separator: str = "-") -> str:
    """The anchor that code hosts give to a heading. The site gives the same."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", separator)


def broken_links(page: Path) -> list[str]:
    """A sentence for each link of a page that leads nowhere."""
    text = page.read_text()
    found = []
    for link in links_in(text):
        if link.is_local and (fault := _fault(link, page)):
            line = text.count("\n", 0, link.start) + 1
            found.append(f"{page.relative_to(ROOT)}:{line}: {link.target}: {fault}")
    return found


def _fault(link: Link, page: Path) -> str | None:
    file = link.file(page)
    if not file.is_relative_to(ROOT):
        return "it is outside of the repository."
    if not file.exists():
        return "there is no such file."
    if not link.anchor:
        return None
    if file.suffix != ".md":
        return "only pages have anchors."
    count = Counter(anchors(file.read_text()))[link.anchor]
    if count == 0:
        return f"{file.name} has no such heading."
    if count > 1:  # code hosts and the site number them differently
        return f"{file.name} has {count} such headings. Give one of them another name."
    return None


def _without_code(text: str) -> str:
    """The text with a space for each character of code, so that places stay as they are."""
    return CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def main() -> int:
    broken = [sentence for page in PAGES for sentence in broken_links(page)]
    for sentence in broken:
        print(sentence, file=sys.stderr)
    if not broken:
        print(f"All links lead somewhere (pages: {len(PAGES)}).")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""The results of the last run, in the two READMEs. Each benchmark ends with it.

Between `<!-- name.md -->` and `<!-- end -->` stands what `results/name.md` has.
"""

from __future__ import annotations

import re
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
READMES = (RESULTS.parents[1] / "README.md", RESULTS.parent / "README.md")
BLOCK = re.compile(r"(<!-- ([a-z-]+\.md) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_results(text: str, results: Path) -> str:
    """The text, its blocks replaced by the files in `results`."""
    return BLOCK.sub(lambda block: block[1] + (results / block[2]).read_text() + block[3], text)


def refresh() -> None:
    """Write both READMEs again."""
    for path in READMES:
        path.write_text(with_results(path.read_text(), RESULTS))


if __name__ == "__main__":
    refresh()

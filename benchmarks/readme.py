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
    """The text, its blocks replaced by the files in `results`; those not yet measured stay."""

    def replaced(block: re.Match[str]) -> str:
        path = results / block[2]
        return block[1] + path.read_text() + block[3] if path.exists() else block[0]

    return BLOCK.sub(replaced, text)


def refresh() -> None:
    """Write both READMEs again."""
    for path in READMES:
        path.write_text(with_results(path.read_text(), RESULTS))


if __name__ == "__main__":
    refresh()

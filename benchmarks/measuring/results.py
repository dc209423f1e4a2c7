"""The last run's results: numbers, tables and plots in `benchmarks/results/`.

A page of the documentation can embed `results/name.md` between `<!-- name.md -->` and
`<!-- end -->`; `publish` keeps these blocks up to date.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
BLOCK = re.compile(r"(<!-- ([a-z-]+\.md) -->\n).*?(<!-- end -->)", re.DOTALL)
Result = TypeVar("Result")


def stored(name: str, kind: type[Result]) -> Result:
    """The numbers of the last run, from `results/<name>.json`."""
    return TypeAdapter(kind).validate_json((RESULTS / f"{name}.json").read_bytes())


def store(name: str, result: object) -> None:
    """Keep the numbers of a run, a dataclass, as `results/<name>.json`."""
    numbers = TypeAdapter(type(result)).dump_json(result, indent=1)
    (RESULTS / f"{name}.json").write_bytes(numbers + b"\n")


def draw(name: str, figure: Figure) -> None:
    """Keep a plot as `results/<name>.svg`."""
    figure.savefig(RESULTS / f"{name}.svg", metadata={"Date": None})


def publish(name: str, *parts: str) -> None:
    """Print tables, keep them as `results/<name>.md`, and update the pages that embed them."""
    text = "\n\n".join(parts) + "\n"
    print(text)
    (RESULTS / f"{name}.md").write_text(text)
    for page in pages():
        page.write_text(with_results(page.read_text(), RESULTS))


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "benchmarks" / "README.md", *(ROOT / "docs").glob("**/*.md")]


def with_results(text: str, results: Path) -> str:
    """The text with its blocks replaced by the files in `results`, where there are such files."""

    def replaced(block: re.Match[str]) -> str:
        path = results / block[2]
        return block[1] + path.read_text() + block[3] if path.exists() else block[0]

    return BLOCK.sub(replaced, text)

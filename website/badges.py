"""The badges of the README: small pictures of facts that pyproject.toml states.

They are files of the repository, so that no reader's browser asks another host for them.
`make docs` draws them again.
"""

from __future__ import annotations

import tomllib
from html import escape

from website.links import ROOT

FOLDER = ROOT / "website" / "images" / "badges"
CHARACTER, MARGIN, HEIGHT = 6.3, 6, 20  # pixels, of text in 11 px


def badges() -> dict[str, str]:
    """The content of each badge by the name of its file."""
    facts = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = facts["project"]
    python = project["requires-python"].removeprefix(">=") + " or newer"
    types = "mypy, strict" if facts["tool"]["mypy"]["strict"] else "mypy"
    return {
        "version.svg": draw("version", project["version"]),
        "python.svg": draw("Python", python),
        "types.svg": draw("types", types),
        "license.svg": draw("license", project["license"]),
    }


def draw(name: str, value: str) -> str:
    """A badge, as SVG: the name on grey, the value on green."""
    left, right = (len(text) * CHARACTER + 2 * MARGIN for text in (name, value))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:.0f}" height="{HEIGHT}" role="img">
  <title>{escape(name)}: {escape(value)}</title>
  <clipPath id="corners"><rect width="{left + right:.0f}" height="{HEIGHT}" rx="3"/></clipPath>
  <g clip-path="url(#corners)">
    <rect width="{left:.0f}" height="{HEIGHT}" fill="#4a4a4a"/>
    <rect x="{left:.0f}" width="{right:.0f}" height="{HEIGHT}" fill="#0b5e62"/>
  </g>
  <g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">
    {_text(name, MARGIN)}
    {_text(value, left + MARGIN)}
  </g>
</svg>
"""


def _text(text: str, x: float) -> str:
    # The width is given, so that it is the same in every font.
    width = len(text) * CHARACTER
    return f'<text x="{x:.0f}" y="14" textLength="{width:.0f}">{escape(text)}</text>'


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, picture in badges().items():
        (FOLDER / name).write_text(picture)


if __name__ == "__main__":
    main()

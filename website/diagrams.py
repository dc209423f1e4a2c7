"""Diagrams in Mermaid, drawn as SVG when the site is built: no page needs a script for them."""

from __future__ import annotations

import hashlib
from typing import Any

import mermaidx

ID = "my-svg"  # of every diagram that mermaidx draws, and what the names of its parts begin with


def draw(source: str, language: str, css_class: str, *_: Any, **__: Any) -> str:
    """A diagram for pymdownx.superfences, which calls this for each block of Mermaid."""
    name = f"diagram-{hashlib.sha256(source.encode()).hexdigest()[:8]}"
    picture = mermaidx.render(source).svg().replace(ID, name)
    return f'<div class="{css_class}">{picture}</div>'

"""The declarations of a style attribute. Reads no style sheets."""

from __future__ import annotations

import re

# Quoted text and brackets may hold semicolons and colons; comments are no declarations.
PART = re.compile(
    r"/\*.*?(?:\*/|\Z)|(?P<text>(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|\([^)]*+(?:\)|\Z)|[^;\"'(/]|/(?!\*))++)"
    r"|(?P<end>;)",
    re.DOTALL,
)


def declarations(style: str | None) -> dict[str, str]:
    """The values by property, in lower case; of a property that is set twice, the last one."""
    found: dict[str, str] = {}
    important: set[str] = set()
    parts: list[str] = []
    for part in [*PART.finditer(style or ""), None]:
        if part is not None and part["end"] is None:
            parts.append(part["text"] or " ")
            continue
        name, colon, value = "".join(parts).partition(":")
        parts = []
        name, value = name.strip().lower(), value.strip().lower()
        is_important = value.endswith("important") and "!" in value
        if colon and (is_important or name not in important):
            found[name] = value.rpartition("!")[0].strip() if is_important else value
            if is_important:
                important.add(name)
    return found

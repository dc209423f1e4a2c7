"""XHTML, written as HTML: `<div/>` as `<div></div>`, CDATA as text. Does not check well-formedness.

An HTML parser takes `<script/>` for a start tag, and so the rest of the page for a script. The
page is rewritten rather than parsed as XML, because much that is called XHTML is not well-formed.
"""

from __future__ import annotations

import re
from html import escape

from handler.documents.html.bounds import ATTRIBUTE
from handler.documents.html.tags import VOID

BEGIN_WITHIN = 2_000  # characters in which a page says that it is XHTML
DECLARED = re.compile(r"\A\s*<\?xml\b|<!doctype\s[^>]*//DTD XHTML", re.IGNORECASE)
NAMESPACE = re.compile(r"""\bxmlns\s*=\s*["']http://www\.w3\.org/1999/xhtml["']""", re.IGNORECASE)
PREFIX = re.compile(
    r"""\bxmlns:([\w-]+)\s*=\s*["']http://www\.w3\.org/"""
    r"""(?:1999/xhtml|2000/svg|1998/Math/MathML)["']"""
)
TOKEN = re.compile(
    r"<(?:!--(?P<comment>.*?)(?:-->|\Z)"
    r"|!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|\?.*?(?:\?>|\Z)"
    rf"|(?P<end>/?)(?P<name>[a-zA-Z_][^\s/>]*+)(?P<attributes>(?:[\s/]++|{ATTRIBUTE})*+)"
    r"(?:>|(?P<cut>\Z)))",
    re.DOTALL,
)
# Much that is called XHTML has scripts in which < is no markup.
SCRIPT_END = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")}


def is_xhtml(text: str) -> bool:
    """Whether a page says itself that it is XHTML."""
    begin = text[:BEGIN_WITHIN]
    return bool(DECLARED.search(begin) and NAMESPACE.search(begin))


def to_html(text: str) -> str:
    """The page in the syntax of HTML."""
    prefixes = tuple(f"{prefix}:" for prefix in PREFIX.findall(text[:BEGIN_WITHIN]))
    parts: list[str] = []
    position = 0
    unclosed: set[str] = set()  # scripts that were not found to end
    while token := TOKEN.search(text, position):
        parts.append(text[position : token.start()])
        position = token.end()
        rewritten, name = _rewritten(token, prefixes)
        parts.append(rewritten)
        if name in SCRIPT_END and name not in unclosed:
            if end := SCRIPT_END[name].search(text, position):
                parts.append(text[position : end.start()])
                position = end.start()
            else:
                unclosed.add(name)
    parts.append(text[position:])
    return "".join(parts)


def _rewritten(token: re.Match[str], prefixes: tuple[str, ...]) -> tuple[str, str]:
    """A token in HTML, and the tag's name if the token begins an element with content."""
    name: str | None = token["name"]
    if token["cdata"] is not None:
        return escape(token["cdata"], quote=False), ""
    if name is None:
        return "", ""  # a comment, or an instruction such as <?xml …?>
    if token["cut"] is not None:
        return token[0], ""
    if name.startswith(prefixes):
        name = name.partition(":")[2]
    attributes: str = token["attributes"]
    if name.lower() in VOID:
        return ("" if token["end"] else f"<{name}{attributes}>"), ""
    if token["end"]:
        return f"</{name}>", ""
    if attributes.endswith("/"):
        return f"<{name}{attributes[:-1]}></{name}>", ""
    return f"<{name}{attributes}>", name.lower()

"""What a form's fields show: values, chosen options, marked boxes. Leaves out what is secret."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

SECRET = {"hidden", "password"}
SHOWS_NO_VALUE = {"color", "file", "range"}
MARKED = {"checkbox", "radio"}


def input_text(node: LexborNode) -> str:
    """What an <input> shows. A placeholder is a hint, not a value."""
    attributes = node.attributes
    kind = (attributes.get("type") or "text").lower()
    if kind in SECRET or kind in SHOWS_NO_VALUE:
        return ""
    if kind in MARKED:
        return "[x]" if "checked" in attributes else "[ ]"
    if kind == "image":
        return attributes.get("alt") or ""
    return attributes.get("value") or ""


def chosen(select: LexborNode) -> str:
    """The chosen options of a <select>; of one that shows a single option, the first by default."""
    options = select.css("option")
    picked = [option for option in options if "selected" in option.attributes]
    shows_many = "multiple" in select.attributes or (select.attributes.get("size") or "1") != "1"
    if not picked and not shows_many:
        picked = options[:1]
    texts = (option.attributes.get("label") or option.text() for option in picked)
    return ", ".join(" ".join(text.split()) for text in texts if text.strip())

"""The numbers of ordered lists, as browsers count them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from handler.documents.html.style import declarations

INTEGER = re.compile(r"\s*([+-]?\d{1,9})(?!\d)")
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
MAX_ROMAN = 3_999
STYLES = {
    "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A",
    "lower-roman": "i", "upper-roman": "I", "decimal": "1", "none": "",
}  # fmt: skip


@dataclass
class ListNumbers:
    """An open list, and the number of its next item."""

    kind: str  # "1", "a", "A", "i", "I"; "" for bullets
    next: int = 1
    step: int = 1
    items: int = 0  # so far

    @classmethod
    def of(cls, node: LexborNode) -> ListNumbers:
        """The numbers of a list element."""
        if node.tag != "ol":
            return cls("")
        attributes = node.attributes
        kind = attributes.get("type") or "1"
        style = declarations(attributes.get("style"))
        for word in (style.get("list-style-type") or style.get("list-style") or "").split():
            kind = STYLES.get(word, kind)
        step = -1 if "reversed" in attributes else 1
        start = _integer(attributes.get("start"))
        if start is None:
            start = 1 if step > 0 else _items(node)
        return cls(kind if kind in ("1", "a", "A", "i", "I", "") else "1", start, step)

    def mark(self, item: LexborNode) -> str:
        """What stands before the next item: "1." or "-"."""
        self.items += 1
        if not self.kind:
            return "-"
        value = _integer(item.attributes.get("value"))
        number = self.next if value is None else value
        self.next = number + self.step
        return f"{_written(number, self.kind)}."


def _integer(text: str | None) -> int | None:
    found = INTEGER.match(text or "")
    return int(found[1]) if found else None


def _items(node: LexborNode) -> int:
    count, child = 0, node.first_child
    while child is not None:
        count += child.tag == "li"
        child = child.next
    return count


def _written(number: int, kind: str) -> str:
    if kind in ("a", "A") and number > 0:
        letters = ""
        while number:
            number, letter = divmod(number - 1, 26)
            letters = chr(ord(kind) + letter) + letters
        return letters
    if kind in ("i", "I") and 0 < number <= MAX_ROMAN:
        text = ""
        for value, letters in ROMAN:
            count, number = divmod(number, value)
            text += letters * count
        return text if kind == "i" else text.upper()
    return str(number)

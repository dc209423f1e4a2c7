"""Word's equations (OMML) as a line of text: A=πr², (a+b)/2, √x, ∑_(i=1)^n i. Draws nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from handler.documents.docx.names import Element, name
from handler.documents.scripts import LOWERED, RAISED

MATH = name("m:oMath")
VAL = name("m:val")
WORD = re.compile(r"\d+(?:[.,]\d+)?!?|[^\W\d_]+!?")
OPERATORS = re.compile("[\\s+\\-−±∓=<>≤≥≠≈·×÷/,;|→∈∩∧\u222a\u2228\u2215]")
BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|\|[^|]*\|")
# Accents that Word writes as combining characters; other ones stand before the letter.
COMBINING = re.compile("[\u0300-\u036f\u20d0-\u20ff]")
# The end of what would go on if a letter followed it.
OPEN_END = re.compile(r"[_^/√∛∜][\w.,]+$")
MAX_END = 50  # characters that are looked at
INVISIBLE = re.compile("[\u2061-\u2064]")  # "function of", "times" …
DEGREES = {"∘": "°", "°": "°", "\u2032": "\u2032", "\u2033": "\u2033"}  # and minutes, seconds
PROPERTIES = re.compile(r"\{[^}]*\}(?:\w+Pr|del|moveFrom)$")


def linear(math: Element, text_of: Callable[[Element], str]) -> str:
    """The text of an equation. text_of: that of a run."""
    line = INVISIBLE.sub(" ", _Line(text_of).children(math))
    return " ".join(line.split())


class _Line:
    """Writes elements of an equation on one line."""

    def __init__(self, text_of: Callable[[Element], str]) -> None:
        self._text_of = text_of
        self._writers: dict[str, Callable[[Element], str]] = {
            name(f"m:{tag}"): writer
            for tag, writer in {
                "r": text_of,
                "f": self._fraction,
                "rad": self._radical,
                "sSup": lambda it: self._base(it) + self._raised(it),
                "sSub": lambda it: self._part(it, "e") + self._lowered(it),
                "sSubSup": lambda it: self._part(it, "e") + self._lowered(it) + self._raised(it),
                "sPre": lambda it: self._lowered(it) + self._raised(it) + self._part(it, "e"),
                "nary": self._nary,
                "d": self._delimited,
                "func": self._function,
                "limLow": lambda it: f"{self._part(it, 'e')}_{group(self._part(it, 'lim'))}",
                "limUpp": lambda it: f"{self._part(it, 'e')}^{group(self._part(it, 'lim'))}",
                "acc": self._accent,
                "bar": self._bar,
                "groupChr": lambda it: self._part(it, "e"),
                "phant": self._phantom,
                "m": self._matrix,
                "eqArr": lambda it: "; ".join(self._each(it, "e")),
                "oMath": lambda it: f" {self.children(it)} ",
            }.items()
        }

    def children(self, parent: Element) -> str:
        """What is in `parent`, in order."""
        parts: list[str] = []
        for child in parent:
            if writer := self._writers.get(child.tag):
                part = writer(child)
                end = parts[-1][-MAX_END:] if parts else ""
                is_mixed = child.tag == name("m:f") and end[-1:].isalnum()  # 1 1/2
                if part[:1].isalnum() and (is_mixed or OPEN_END.search(end)):
                    parts.append(" ")  # a_n cos x, dy/dx y
                parts.append(part)
            elif not PROPERTIES.search(child.tag):
                # A run of Word's own, such as a footnote's mark, or an element that only groups.
                is_run = child.tag == name("w:r")
                parts.append(self._text_of(child) if is_run else self.children(child))
        return "".join(parts)

    def _part(self, parent: Element, tag: str) -> str:
        child = parent.find(name(f"m:{tag}"))
        return "" if child is None else self.children(child).strip()

    def _base(self, parent: Element) -> str:
        """The base of a power: (1/2)³."""
        base = self._part(parent, "e")
        return f"({base})" if "/" in base and not is_bracketed(base) else base

    def _each(self, parent: Element, tag: str) -> list[str]:
        return [self.children(child).strip() for child in parent.findall(name(f"m:{tag}"))]

    def _raised(self, parent: Element) -> str:
        return raised(self._part(parent, "sup"))

    def _lowered(self, parent: Element) -> str:
        return lowered(self._part(parent, "sub"))

    def _fraction(self, it: Element) -> str:
        over, under = self._part(it, "num"), self._part(it, "den")
        if _property(it, "f", "type") == "noBar":  # a binomial: its brackets stand around it
            return f"{over} ¦ {under}"
        over = over if is_factor(over) or WORD.fullmatch(over) else f"({over})"
        return f"{over}/{group(under)}"

    def _radical(self, it: Element) -> str:
        degree, base = self._part(it, "deg"), self._part(it, "e")
        sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree)
        return (sign or f"{raised(degree)}√") + group(base)

    def _nary(self, it: Element) -> str:
        character = _property(it, "nary", "chr")
        sub, sup = self._part(it, "sub"), self._part(it, "sup")
        limits = (f"_{group(sub)}" if sub else "") + (f"^{group(sup)}" if sup else "")
        return f"{'∫' if character is None else character}{limits} {self._part(it, 'e')}"

    def _delimited(self, it: Element) -> str:
        begin, end = _property(it, "d", "begChr"), _property(it, "d", "endChr")
        between = _property(it, "d", "sepChr")
        inner = ("|" if between is None else between).join(self._each(it, "e"))
        return f"{'(' if begin is None else begin}{inner}{')' if end is None else end}"

    def _function(self, it: Element) -> str:
        called, of = self._part(it, "fName"), self._part(it, "e")
        return f"{called}{of}" if of.startswith(("(", "[", "{")) else f"{called} {of}"

    def _accent(self, it: Element) -> str:
        base, character = self._part(it, "e"), _property(it, "acc", "chr")
        character = "\u0302" if character is None else character
        if COMBINING.fullmatch(character):
            return base + character if len(base) == 1 else f"{group(base)}{character}"
        return f"{base}{character}"

    def _bar(self, it: Element) -> str:
        base = self._part(it, "e")
        mark = "\u0305" if _property(it, "bar", "pos") == "top" else "\u0332"
        return base + mark if len(base) == 1 else f"{group(base)}{mark}"

    def _phantom(self, it: Element) -> str:
        shown = is_on_math(it.find(name("m:phantPr")), "show")
        return "" if shown is False else self._part(it, "e")

    def _matrix(self, it: Element) -> str:
        rows = [" ".join(self._each(row, "e")) for row in it.findall(name("m:mr"))]
        return "; ".join(rows)


def _property(it: Element, tag: str, of: str) -> str | None:
    """A property's value, such as the brackets of <m:d>; None if it is not said."""
    properties = it.find(name(f"m:{tag}Pr"))
    child = None if properties is None else properties.find(name(f"m:{of}"))
    return None if child is None else str(child.get(VAL, ""))


def is_on_math(properties: Element | None, tag: str) -> bool | None:
    """Whether a property of an equation is on; None if it is not said."""
    child = None if properties is None else properties.find(name(f"m:{tag}"))
    return None if child is None else child.get(VAL, "1") not in ("0", "off", "false")


def group(text: str) -> str:
    """`text` in brackets, unless it is one number, word or pair of brackets."""
    return text if WORD.fullmatch(text) or len(text) == 1 or is_bracketed(text) else f"({text})"


def is_bracketed(text: str) -> bool:
    """Whether one pair of brackets is around all of `text`."""
    return bool(BRACKETED.fullmatch(text))


def is_factor(text: str) -> bool:
    """Whether `text` can stand over a fraction bar without brackets."""
    return is_bracketed(text) or not OPERATORS.search(text)


def raised(text: str) -> str:
    """As an exponent: x², e^(−x)."""
    return DEGREES.get(text) or _moved(text, RAISED, "^")


def lowered(text: str) -> str:
    """As an index: x₁, x_(i,j)."""
    return _moved(text, LOWERED, "_")


def _moved(text: str, characters: dict[str, str], mark: str) -> str:
    if not text:
        return ""
    if len(text) <= 3 and all(each in characters for each in text):
        return "".join(characters[each] for each in text)
    return mark + group(text)

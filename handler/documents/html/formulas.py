"""Formulas as text on one line: E=mc², (a+b)/2, √(x). Reads MathML and what KaTeX, MathJax and
Wikipedia put around it; of presentation and TeX source, the presentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest

from selectolax.lexbor import LexborNode

from handler.documents.html.scripts import SUBSCRIPTS, SUPERSCRIPTS, lowered, raised

MAX_DEPTH = 100  # elements; a deeper formula is only its characters, as each level copies its text
INVISIBLE = re.compile("[\x00\u2062-\u2064\u200b\u00ad\ufeff]")  # "invisible times" and the like
APPLIED = "\u2061"  # a function to what follows
TEX_WRAPPER = re.compile(r"^\{?\\(?:display|text|script)style\s*(.*?)\}?$", re.DOTALL)
PRESCRIPTS = "\x00"  # stands for where they begin; no page can have it
SCRIPTS = {*SUPERSCRIPTS.values(), *SUBSCRIPTS.values()} - {"ⁿ", "ⁱ"}
SOURCES = {"annotation", "annotation-xml"}
SIMPLE = re.compile(r"[\w.,]+|\([^()]*\)|\S")
FRACTION = re.compile(r"[\w.,]{1,50}/")  # 1½ is not 11/2 …
FRACTION_END = re.compile(r"/[\w.,]+$")  # … and ½ · 3 is not 1/23
MAX_END = 50  # characters that are looked at
# Whatever stands around the MathML of one formula, by its class.
CONTAINERS = {"katex", "mwe-math-element"}
FALLBACKS = (".katex-html", "img")


def formula(math: LexborNode) -> str:
    """The text of a <math> element."""
    text = _presented(math) or math.attributes.get("alttext") or ""
    if not text:
        source = math.css_first("annotation")
        text = source.text() if source else ""
    return tex(text) if "\\" in text else _tidy(text)


def contained_formula(container: LexborNode) -> str:
    """The text of the formula in an element of one of the CONTAINERS' classes; "" if none."""
    math = container.css_first("math")
    text = formula(math) if math else ""
    for selector in FALLBACKS:
        other = None if text else container.css_first(selector)
        if other:
            text = tex(other.attributes.get("alt") or "") or _tidy(other.text())
    return text


def tex(source: str) -> str:
    """TeX source without the wrapper that Wikipedia puts around it."""
    source = _tidy(source)
    wrapped = TEX_WRAPPER.match(source)
    return wrapped[1].strip() if wrapped else source


def _tidy(text: str) -> str:
    return " ".join(INVISIBLE.sub("", text.replace(APPLIED, " ")).split())


def _presented(math: LexborNode) -> str:
    """The presentation, composed from the innermost elements to the outermost."""
    path, parts = [math], [list[str]()]
    node = math.first_child
    while path:
        if node is None:
            node = path.pop()
            text = _composed(node, parts.pop())
            if not parts:
                return _tidy(text)
            parts[-1].append(text)
            node = node.next
        elif node.tag == "-text":
            text = node.text_content or ""
            text = text if path[-1].tag == "mtext" else text.strip("\n\t\r\f ")
            if text:  # white space between elements is none of their operands
                parts[-1].append(text)
            node = node.next
        elif not node.is_element_node or node.tag in SOURCES:
            node = node.next
        elif len(path) > MAX_DEPTH:
            parts[-1].append(node.text())
            node = node.next
        else:
            path.append(node)
            parts.append([])
            node = node.first_child
    return ""


def _composed(node: LexborNode, parts: list[str]) -> str:
    tag = node.tag or ""
    if tag == "mfenced":
        attributes = node.attributes
        inner = (attributes.get("separators") or ",")[0].join(filter(None, parts))
        return f"{attributes.get('open') or '('}{inner}{attributes.get('close') or ')'}"
    if tag == "mtr":
        return " ".join(filter(None, parts))
    if tag == "mtable":
        return "; ".join(filter(None, parts))
    if tag == "mfrac" and (node.attributes.get("linethickness") or "")[:1] == "0":
        return " ¦ ".join(filter(None, parts))  # a binomial: its brackets stand around it
    if tag == "mspace":
        return " "
    if tag == "msqrt":
        return f"√{_bracketed(_joined(parts))}"
    if tag == "mprescripts":
        return PRESCRIPTS
    if tag == "mmultiscripts":
        return _multiscripts(parts)
    operands = parts if tag in ("mi", "mn", "mo", "mtext") else [part for part in parts if part]
    compose = COMPOSED.get(tag)
    if compose and len(operands) == OPERANDS[tag]:
        return compose(*operands)
    return _joined(operands)


def _multiscripts(parts: list[str]) -> str:
    """A base, its pairs of low and high scripts, and those that stand before it: ¹⁴₆C."""
    base, *scripts = parts or [""]
    at = scripts.index(PRESCRIPTS) if PRESCRIPTS in scripts else len(scripts)
    after, before = scripts[:at], scripts[at + 1 :]
    prefix = "".join(_above("", high, base) for high in before[1::2]) + "".join(
        _below("", low, base) for low in before[::2]
    )
    text = prefix + base
    for low, high in zip_longest(after[::2], after[1::2], fillvalue=""):
        text = _above(_below(text, low), high)
    return text


def _joined(parts: list[str]) -> str:
    """The parts in a row; a word such as "sin" stands apart from other letters and digits."""
    joined: list[str] = []
    before = ""
    for part in parts:
        is_word = (len(part) > 1 and part.isalpha()) or (len(before) > 1 and before.isalpha())
        is_script = len(part) > 1 and part[0] in SCRIPTS  # of what follows
        is_apart = (
            is_word or is_script or FRACTION.match(part) or FRACTION_END.search(before[-MAX_END:])
        )
        if is_apart and part and before[-1:].isalnum() and part[0].isalnum():
            joined.append(" ")
        joined.append(part)
        before = part or before
    return "".join(joined)


def _bracketed(text: str) -> str:
    return text if SIMPLE.fullmatch(text) else f"({text})"


def _above(base: str, text: str, of: str = "") -> str:
    return base + raised(text, of or base)


def _below(base: str, text: str, of: str = "") -> str:
    return base + lowered(text, of or base)


def _over(base: str, mark: str) -> str:
    return base + mark if len(mark) == 1 and not mark.isalnum() else _above(base, mark)


COMPOSED: dict[str, Callable[..., str]] = {
    "mfrac": lambda top, bottom: f"{_bracketed(top)}/{_bracketed(bottom)}",
    "msup": lambda base, high: _above(f"({base})" if "/" in base else base, high),
    "msub": _below,
    "mover": _over,
    "munder": _below,
    "msubsup": lambda base, low, high: _above(_below(base, low), high),
    "munderover": lambda base, low, high: _above(_below(base, low), high),
    "mroot": lambda base, index: f"{raised(index, base)}√{_bracketed(base)}",
}
OPERANDS = {name: 3 if name in ("msubsup", "munderover") else 2 for name in COMPOSED}

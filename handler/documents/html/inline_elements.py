"""Elements within a line: scripts, readings, pictures, fields, formulas, frames.

Each function takes an element that begins, and gives what to do when it ends; None if the element
was read as a whole.
"""

from __future__ import annotations

from collections.abc import Callable

from selectolax.lexbor import LexborNode

from handler.documents.html.fields import chosen, input_text
from handler.documents.html.formulas import contained_formula, formula, tex
from handler.documents.html.output import Output
from handler.documents.html.scripts import subscript, superscript

Leave = Callable[[], None]
SCRIPTS = {"sup": superscript, "sub": subscript}
MATHJAX = {"MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_SVG_Display", "MathJax_CHTML"}


def script(output: Output, node: LexborNode, *, name: str = "") -> Leave | None:
    """A superscript or subscript; `name` says which if the tag does not."""
    written = SCRIPTS[name or node.tag or ""]
    if output.is_deep:
        return output.box
    output.begin_line()

    def end() -> None:
        text = output.end_line()
        if text:
            output.text(written(text, output.flow.tail))

    return end


def reading(output: Output, node: LexborNode) -> Leave | None:
    """How characters are read (ruby), in brackets after them."""
    if output.is_deep:
        return output.box
    output.begin_line()

    def end() -> None:
        text = output.end_line()
        if text:
            output.text(f"({text})")

    return end


def picture(output: Output, node: LexborNode) -> Leave | None:
    """A picture, by its alternative text."""
    alternative = node.attributes.get("alt") or ""
    if not alternative.lstrip().lower().startswith("data:"):
        output.text(
            f" {tex(alternative)} " if alternative.startswith("{\\") else f" {alternative} "
        )
    return None


def field(output: Output, node: LexborNode) -> Leave | None:
    """A field of a form, by what it shows."""
    if node.tag == "input":
        output.boxed(input_text(node))
    elif node.tag == "select":
        output.boxed(chosen(node))
    else:
        output.boxed(node.text())
    return None


def math(output: Output, node: LexborNode) -> Leave | None:
    """A formula."""
    output.boxed(formula(node))
    return None


def math_container(output: Output, node: LexborNode) -> bool:
    """Read an element that may hold a formula; False if it holds none."""
    text = contained_formula(node)
    if text:
        output.boxed(text)
    return bool(text)


def math_source(output: Output, node: LexborNode) -> None:
    """A formula in TeX in a <script>, unless MathJax has put its text before it."""
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    classes = (before.attributes.get("class") or "").split() if before else []
    if not MATHJAX.intersection(classes):
        output.boxed(tex(node.text()))

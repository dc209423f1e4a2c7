"""Walks a page once, from start to end and without recursion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from selectolax.lexbor import LexborNode

from handler.documents.html import block_elements as block
from handler.documents.html import inline_elements as inline
from handler.documents.html.bounds import TAG, check
from handler.documents.html.display import acts_as
from handler.documents.html.formulas import CONTAINERS
from handler.documents.html.output import Output
from handler.documents.html.parse import parse
from handler.documents.html.style import declarations
from handler.documents.html.tags import (
    BOXES,
    CODE,
    HEADINGS,
    LISTS,
    SKIPPED,
    SVG_SKIPPED,
    SVG_TEXTS,
)
from handler.documents.html.visibility import is_hidden, is_navigation, visibility

Leave = Callable[[], None]
ELEMENTS: dict[str, Callable[[Output, LexborNode], Leave | None]] = {
    **dict.fromkeys(HEADINGS, block.heading),
    **dict.fromkeys(CODE, block.code),
    **dict.fromkeys(LISTS, block.list_),
    "li": block.item,
    "table": block.table,
    **dict.fromkeys(("thead", "tbody", "tfoot"), block.row_group),
    "tr": block.row,
    "td": block.cell,
    "th": block.cell,
    "sup": inline.script,
    "sub": inline.script,
    "rt": inline.reading,
    "img": inline.picture,
    "area": inline.picture,
    "input": inline.field,
    "select": inline.field,
    "textarea": inline.field,
    "math": inline.math,
}
# What is not read, by the tag that embeds it.
EMBEDDED = {
    "iframe": "frame", "frame": "frame", "embed": "object", "object": "object",
    "canvas": "canvas", "video": "video", "audio": "sound",
}  # fmt: skip
MAX_FRAMES = 8  # levels of pages inside pages, and of components inside components
NO_SIZE = {"0", "1", "0px", "1px"}  # a frame that counts visitors
RAISED = {"super": "sup", "sub": "sub"}


@dataclass(frozen=True)
class Scope:
    """What is read beside the visible text."""

    navigation: bool = False
    noscript: bool = False
    hidden: bool = False


class Reader:
    """Reads elements into an output."""

    def __init__(self, output: Output, scope: Scope) -> None:
        self._output, self._scope = output, scope
        self._frames = 0  # pages inside pages that are open
        self._pictures = 0  # SVG pictures that are open
        self._no_formulas = 0  # open elements of a formula's class, without one

    def read(self, root: LexborNode) -> None:
        """Read `root` and what is below it."""
        output = self._output
        path: list[tuple[LexborNode, Leave]] = [(root, _nothing)]
        node = root.first_child
        while path:
            if node is None:  # the innermost element has no more children
                node, leave = path.pop()
                leave()
                node = node.next if path else None
            elif node.tag == "-text":
                output.text(node.text_content or "")
                node = node.next
            elif node.is_element_node and (entered := self._enter(node)):
                path.append((node, entered))
                node = node.first_child
            else:
                node = node.next

    def _enter(self, node: LexborNode) -> Leave | None:
        """Begin an element. Gives what to do when it ends; None if it is not to be walked."""
        tag, attributes = node.tag or "", node.attributes
        classes = attributes.get("class") if attributes else None
        if classes and not CONTAINERS.isdisjoint(classes.split()):
            return self._enter_formula(node)
        scope = self._scope
        if not scope.hidden and is_hidden(tag, attributes):
            self._output.left_out.add("hidden")
            return None
        if not scope.navigation and is_navigation(tag, attributes):
            self._output.left_out.add("navigation")
            return None
        if tag in EMBEDDED:
            self._embedded(node, attributes)
        if tag in SKIPPED and not (tag == "noscript" and scope.noscript):
            self._skipped(node, tag, attributes)
            return None
        visible = None if scope.hidden else visibility(attributes)
        if visible is None or visible != self._output.is_invisible:
            return self._enter_shown(node, tag, attributes)
        return self._enter_visibility(node, tag, attributes, visible=visible)

    def _enter_visibility(
        self, node: LexborNode, tag: str, attributes: Mapping[str, str | None], *, visible: bool
    ) -> Leave | None:
        """Begin an element that is visible in an invisible one, or the other way round."""
        output = self._output
        if not visible:
            output.left_out.add("hidden")
        output.is_invisible = not visible
        entered = self._enter_shown(node, tag, attributes)
        if not entered:
            output.is_invisible = visible
            return None

        def leave() -> None:
            output.is_invisible = visible
            entered()

        return leave

    def _enter_shown(
        self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]
    ) -> Leave | None:
        if not self._pictures:
            tag = acts_as(tag, attributes)
        if element := ELEMENTS.get(tag):
            return element(self._output, node)
        return self._enter_other(node, tag, attributes)

    def _enter_other(
        self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]
    ) -> Leave | None:
        output = self._output
        if attributes.get("role") == "heading":
            return block.heading(output, node)
        if name := _raised(attributes):
            return inline.script(output, node, name=name)
        if tag == "br" and output.in_code:
            output.text("\n")
            return None
        if tag == "svg" or self._pictures or tag == "title":
            return self._enter_picture(tag)
        if tag in BOXES:
            output.box()
            return output.box
        if tag == "caption" and output.grid and output.in_page:
            tag = "p"
        output.separate(tag)
        return partial(output.separate, tag)

    def _enter_picture(self, tag: str) -> Leave | None:
        """Begin an SVG picture or an element in it."""
        output = self._output
        if tag == "svg":
            self._pictures += 1
            output.box()
            return self._leave_picture
        # Outside of a picture, <title> is the page's own, misplaced.
        if tag in SVG_SKIPPED or not self._pictures:
            return None
        if tag in SVG_TEXTS:
            output.text(" ")
            return partial(output.text, " ")
        if tag == "tspan":
            output.box()
            return output.box
        output.separate(tag)
        return partial(output.separate, tag)

    def _enter_formula(self, node: LexborNode) -> Leave | None:
        # Elements of these classes inside one without a formula have none either.
        if not self._no_formulas and inline.math_container(self._output, node):
            return None
        self._no_formulas += 1
        return self._leave_formula

    def _leave_formula(self) -> None:
        self._no_formulas -= 1

    def _leave_picture(self) -> None:
        self._pictures -= 1
        self._output.box()

    def _skipped(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> None:
        """Read what is text in elements that are none."""
        if tag in ("noscript", "noframes"):
            self._output.left_out.add(tag)
        if tag == "noframes" and self._scope.noscript:
            self._read_page(node.text())  # a parser takes it for text
        elif tag == "script" and (attributes.get("type") or "").startswith("math/tex"):
            inline.math_source(self._output, node)
        elif tag == "template" and "shadowrootmode" in attributes:
            source = node.html or ""  # a component's content, which the parser keeps apart
            begin = TAG.match(source)
            if begin:
                self._read_page(source[begin.end() :].removesuffix("</template>"))

    def _embedded(self, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        """Read a page that is in an attribute, and count what else is embedded."""
        page = attributes.get("srcdoc") if node.tag == "iframe" else None
        if page:
            self._read_page(page)
        elif not self._output.is_invisible and not _is_empty(node, attributes):
            self._output.not_read[EMBEDDED[node.tag or ""]] += 1

    def _read_page(self, page: str) -> None:
        """Read a page that is inside this one."""
        if self._frames == MAX_FRAMES:
            self._output.not_read["frame"] += 1
            return
        check(page)
        self._frames += 1
        if body := parse(page).body:
            self._output.separate("div")
            self.read(body)
            self._output.separate("div")
        self._frames -= 1


def _raised(attributes: Mapping[str, str | None]) -> str:
    style = attributes.get("style") or ""
    if "vertical-align" not in style:
        return ""
    return RAISED.get(declarations(style).get("vertical-align", ""), "")


def _is_empty(node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
    source = attributes.get("src") or attributes.get("data") or ""
    if node.tag in ("iframe", "frame", "embed", "object") and source in ("", "about:blank"):
        return True
    return attributes.get("width") in NO_SIZE or attributes.get("height") in NO_SIZE


def _nothing() -> None:
    """The end of the element that was asked for."""

"""The formulas of an OpenDocument file, as HTML's reader writes MathML: (a+b)/2, 10⁶."""

from __future__ import annotations

import posixpath

from handler.documents.archive import Archive
from handler.documents.html import extract_html
from handler.documents.xml_tree import Element, attribute, child, children, local, outer, parse
from handler.errors import DocumentRejected, WithoutText


class Formulas:
    """Reads formulas, which are parts of their own, or written in place."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def text(self, frame: Element) -> str:
        """The text of the formula in a frame on one line; "" if it holds none."""
        for each in children(frame, "object"):
            root = child(each, "math")
            href = attribute(each, "href").removeprefix("./")
            name = posixpath.join(href, "content.xml")
            if root is None and href and name in self._archive:
                try:
                    root = parse(self._archive.read(name), "OpenDocument file")
                except DocumentRejected:  # the text can be read without it
                    continue
            if root is not None and local(root) == "math":
                return _text(root)
        return ""


def _text(math: Element) -> str:
    for each in list(math.iter("{*}annotation")):
        each.getparent().remove(each)
    for each in math.iter("*"):
        each.tag = local(each)  # HTML knows no prefixes
    body = "".join(outer(each) for each in math)
    try:
        return " ".join(extract_html(f"<math>{body}</math>", is_xml=True).text.split())
    except WithoutText:
        return ""

"""XML to a tree of elements, under limits. Expands no entity, loads nothing, knows no format."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from handler.documents.work_limit import check_count
from handler.errors import DocumentRejected
from handler.limits import MAX_STREAMED_TAGS, MAX_XML_TAGS

Element: TypeAlias = Any  # lxml's, which has no types


def parse(content: bytes, kind: str) -> Element:
    """The root element.

    kind: what a message calls the file, such as "SVG picture". Raises DocumentRejected if it is
    damaged, or has too many elements. libxml2 refuses more than 256 levels.
    """
    check_tags(content, kind)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        check_memory(error)
        raise damaged(kind) from error


def elements(content: bytes, kind: str, names: set[str]) -> Iterator[Element]:
    """The elements with these local names, in order of their ends; each is emptied after use.

    For parts that are too large for a tree. Raises DocumentRejected if the XML is damaged, or has
    too many elements.
    """
    check_count(content.count(b"<"), MAX_STREAMED_TAGS, f"A part of the {kind} has {{}} XML tags")
    parser = etree.iterparse(
        BytesIO(content),
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in parser:
            yield element
            element.clear()
            # The emptied elements before this one would still take memory.
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except (etree.XMLSyntaxError, ValueError) as error:
        check_memory(error)
        raise damaged(kind) from error


def check_memory(error: Exception) -> None:
    """Raise MemoryError if libxml2 ran out of memory, which lxml reports as an error of syntax."""
    if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
        raise MemoryError from error


def check_tags(content: bytes, kind: str) -> None:
    """Refuse XML whose tree would take too much memory, by counting its tags and attributes."""
    tags = content.count(b"<") + content.count(b'="') + content.count(b"='")
    if tags > MAX_XML_TAGS:
        raise DocumentRejected(
            "invalid_file",
            f"The {kind} has a part with {tags:,} XML tags and attributes; the limit is "
            f"{MAX_XML_TAGS:,}. Split it into several files.",
        )


def damaged(kind: str) -> DocumentRejected:
    """The refusal of a file whose XML cannot be parsed."""
    return DocumentRejected(
        "invalid_file", f"The {kind} is damaged: its XML is not well-formed. Save it again."
    )


def markup(element: Element) -> str:
    """What is inside an element, as XML."""
    return "".join(outer(each) for each in element)


def outer(element: Element) -> str:
    """An element as XML, without what follows it."""
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def local(element: Element) -> str:
    """The element's name without its namespace; "" for an entity."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str, default: str = "") -> str:
    """The value of the attribute with this local name, in any namespace."""
    if (value := element.get(name)) is not None:
        return str(value)
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return default


def reference(element: Element, name: str = "id") -> str:
    """The value of the attribute with this local name in a namespace: of r:id, not of id."""
    found = (value for key, value in element.attrib.items() if key.endswith(f"}}{name}"))
    return str(next(found, ""))


def children(element: Element, *names: str) -> list[Element]:
    """The children with one of these local names."""
    return [child for child in element if local(child) in names]


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant along a path of local names; None if there is none."""
    for name in path:
        found = children(element, name) if element is not None else []
        element = found[0] if found else None
    return element


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """The elements below `element` with one of these local names, in document order."""
    return iter(element.iter(*(f"{{*}}{name}" for name in names)))

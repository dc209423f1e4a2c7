"""EPUB: the chapters of a book in its order, each read as XHTML. Reads no pictures and no styles.

Leaves out the page that lists the contents: it repeats the chapters' headings.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from urllib.parse import unquote

from handler.documents.archive import Archive
from handler.documents.charsets import decode
from handler.documents.document import Document
from handler.documents.html import extract_html
from handler.documents.inclusion import include
from handler.documents.unread import Unread
from handler.documents.work_limit import check_count
from handler.documents.writer import Writer
from handler.documents.xml_tree import (
    Element,
    attribute,
    child,
    children,
    damaged,
    descendants,
    parse,
)
from handler.errors import DocumentRejected, WithoutText
from handler.limits import MAX_HTML_TAGS

KIND = "EPUB book"
CONTAINER = "META-INF/container.xml"
# The head's title repeats the book's in each chapter.
TITLE = re.compile(r"<title\b[^>]{0,200}>[^<]{0,2000}</title\s*>|<title\s*/>", re.IGNORECASE)
CHAPTERS = {
    "application/xhtml+xml",
    "text/html",
    "application/x-dtbook+xml",
    "text/x-oeb1-document",
}
# Of fonts: it is no protection of the text.
OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def extract_epub(content: bytes) -> Document:
    """The document of a book. Raises DocumentRejected if it is damaged, protected or a zip bomb."""
    archive = Archive(content, KIND)
    _check_protection(archive)
    part = _package_name(archive)
    package = parse(archive.read(part), KIND)
    folder = posixpath.dirname(part)
    writer = Writer("epub", is_markdown=True)
    writer.title = _metadata(package, "title") or None
    writer.heading(1, writer.title or "")
    if author := _metadata(package, "creator"):
        writer.separate("\n\n")
        writer.write(author)
    _write_chapters(writer, archive, package, folder)
    return writer.document()


def _write_chapters(writer: Writer, archive: Archive, package: Element, folder: str) -> None:
    manifest, spine = child(package, "manifest"), child(package, "spine")
    items = {attribute(each, "id"): each for each in manifest} if manifest is not None else {}
    labels = _labels(archive, items, folder)
    below = 1 if writer.title else 0
    unread, read, tags = Unread(), 0, 0
    for reference in children(spine, "itemref") if spine is not None else ():
        item = items.get(attribute(reference, "idref"))
        if item is None or attribute(item, "media-type") not in CHAPTERS:
            continue
        if "nav" in attribute(item, "properties").split():
            continue
        name = _resolved(folder, attribute(item, "href"))
        if name not in archive:
            unread["chapters that are not in the file"] += 1
            continue
        content = archive.read(name)  # over a limit: then the book is refused
        tags += content.count(b"<")
        check_count(tags, MAX_HTML_TAGS, "The EPUB book has at least {} tags")
        try:
            chapter = _chapter(content)
        except DocumentRejected:
            unread["chapters that are damaged, over a limit, or in an unclear character set"] += 1
            continue
        if chapter is None:
            unread["chapters without text, such as pictures"] += 1
        else:
            read += 1
            if not chapter.headings and (label := labels.get(name)):
                writer.heading(below + 1, label)
            include(writer, chapter, below=below)
    if not read:
        reasons = " ".join(["No chapter can be read.", *unread.said()])
        raise DocumentRejected("invalid_file", reasons)
    unread.report(writer, "EPUB book")


def _chapter(content: bytes) -> Document | None:
    """A chapter's document; None if it has no text."""
    decoded = decode(content, is_html=True)
    try:
        document = extract_html(TITLE.sub("", decoded.text), is_xml=True, keep_boilerplate=True)
    except WithoutText:
        return None
    return replace(document, warnings=(*decoded.warnings, *document.warnings))


def _labels(archive: Archive, items: dict[str, Element], folder: str) -> dict[str, str]:
    """What the table of contents calls each chapter, by the part's name."""
    labels: dict[str, str] = {}
    for item in items.values():
        name = _resolved(folder, attribute(item, "href"))
        is_ncx = attribute(item, "media-type") == "application/x-dtbncx+xml"
        if name not in archive or not (is_ncx or "nav" in attribute(item, "properties").split()):
            continue
        try:
            root = parse(archive.read(name), KIND)
        except DocumentRejected:  # the chapters can be read without it
            continue
        for point in descendants(root, "navPoint" if is_ncx else "a"):
            link = child(point, "content") if is_ncx else point
            label = child(point, "navLabel", "text") if is_ncx else point
            if link is not None and label is not None:
                href = attribute(link, "src" if is_ncx else "href").partition("#")[0]
                target = _resolved(posixpath.dirname(name), href)
                labels.setdefault(target, " ".join("".join(label.itertext()).split()))
    return labels


def _package_name(archive: Archive) -> str:
    """The name of the part that lists the others."""
    if CONTAINER in archive:
        for root in descendants(parse(archive.read(CONTAINER), KIND), "rootfile"):
            if (name := attribute(root, "full-path")) in archive:
                return name
    found = next((name for name in archive.names if name.endswith(".opf")), None)
    if found is None:
        raise damaged(KIND)
    return found


def _check_protection(archive: Archive) -> None:
    name = "META-INF/encryption.xml"
    methods = (
        descendants(parse(archive.read(name), KIND), "EncryptionMethod") if name in archive else ()
    )
    if any(attribute(each, "Algorithm") not in OBFUSCATION for each in methods):
        message = "The EPUB book is protected against copying (DRM), and cannot be read."
        raise DocumentRejected("invalid_file", message)


def _metadata(package: Element, name: str) -> str:
    metadata = child(package, "metadata")
    found = descendants(metadata, name) if metadata is not None else ()
    return next((text for each in found if (text := " ".join((each.text or "").split()))), "")


def _resolved(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, unquote(href))).lstrip("/")

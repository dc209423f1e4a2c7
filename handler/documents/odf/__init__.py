"""OpenDocument: texts (.odt), spreadsheets (.ods) and presentations (.odp), as Markdown.

Leaves out comments, deleted and hidden text, and hidden sheets, rows, columns and slides, and
counts them; leaves out tables of contents, which repeat the headings.
"""

from __future__ import annotations

from handler.documents.archive import Archive
from handler.documents.document import Document
from handler.documents.odf.blocks import BlockWriter
from handler.documents.odf.slides import write_slides
from handler.documents.odf.spreadsheet import write_spreadsheet
from handler.documents.odf.styles import Styles
from handler.documents.unread import Unread
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, child, damaged, descendants, parse
from handler.errors import DocumentRejected

KIND = "OpenDocument file"


def extract_odf(content: bytes, format: str) -> Document:
    """The document of a file. format: what its type says, "odt", "ods" or "odp".

    Raises DocumentRejected if it is damaged, encrypted or a zip bomb.
    """
    archive = Archive(content, KIND)
    _check_encryption(archive)
    root = _part(archive, "content.xml")
    body = child(root, "body")
    if root is None or body is None:
        raise damaged(KIND)
    other = _part(archive, "styles.xml")
    writer = Writer(format, is_markdown=True)
    title = child(_part(archive, "meta.xml"), "meta", "title")
    writer.title = None if title is None else title.text
    skipped = Unread()
    blocks = BlockWriter(writer, archive, Styles(root, other), skipped)
    level = 2 if writer.title else 1
    for part in body:
        if format == "ods":
            write_spreadsheet(blocks, part, level)
        elif format == "odp":
            write_slides(blocks, part, level)
        else:
            _write_text(blocks, part, other)
    skipped.report(writer, KIND)
    return writer.document()


def _write_text(blocks: BlockWriter, body: Element, styles: Element | None) -> None:
    """Write the pages' headers, the text, and the pages' footers, each once."""
    seen: set[str] = set()
    for kind in ("header", "footer"):
        names = (kind, f"{kind}-left", f"{kind}-first")
        for each in descendants(styles, *names) if styles is not None else ():
            text = " ".join("".join(each.itertext()).split())
            if text and text not in seen:
                seen.add(text)
                blocks.write(each)
        if kind == "header":
            blocks.write(body)


def _part(archive: Archive, name: str) -> Element | None:
    return parse(archive.read(name), KIND) if name in archive else None


def _check_encryption(archive: Archive) -> None:
    manifest = _part(archive, "META-INF/manifest.xml")
    if manifest is not None and any(True for _ in descendants(manifest, "encryption-data")):
        message = "The OpenDocument file is encrypted; save it without a password."
        raise DocumentRejected("invalid_file", message)

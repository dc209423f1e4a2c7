"""DOCX: a Word file's text in reading order, as Markdown. Reads no pictures and runs no macros.

A .docx file is a zip archive of XML parts. `package` finds the parts, `story` walks through them.
Templates and files with macros are the same format.
"""

from __future__ import annotations

from handler.documents.archive import Archive
from handler.documents.document import Document
from handler.documents.docx.blocks import CONTROL
from handler.documents.docx.chunks import ChunkReader
from handler.documents.docx.margins import Margins
from handler.documents.docx.names import Element, is_placeholder, name
from handler.documents.docx.notes import Notes
from handler.documents.docx.numbering import Numberings
from handler.documents.docx.package import Package
from handler.documents.docx.paragraphs import Paragraphs
from handler.documents.docx.sections import sections, shown
from handler.documents.docx.story import Story
from handler.documents.docx.styles import Styles
from handler.documents.docx.tally import Tally
from handler.documents.writer import Writer
from handler.errors import DocumentRejected

__all__ = ["extract_docx"]


def extract_docx(content: bytes) -> Document:
    """The document of a Word file. Raises DocumentRejected if it is damaged or a zip bomb."""
    writer = Writer("docx", is_markdown=True)
    tally = _write(Archive(content, "Word file", "save it again as .docx"), writer, 0)
    if writer.is_empty and tally.pictures:
        message = (
            f"The Word file has no text, only pictures ({tally.pictures:,}). If they show text, "
            "save the file as PDF and run it through text recognition (OCR) first."
        )
        raise DocumentRejected("invalid_file", message)
    return writer.document()


def _write(archive: Archive, writer: Writer, depth: int) -> Tally:
    """Write the file. depth: in how many others it is embedded."""
    package, tally = Package(archive), Tally()
    if depth == 0:
        writer.title = _title(package)
    settings = package.xml(package.of_main("settings"))
    styles = Styles(package.xml(package.of_main("styles")))
    numberings = Numberings(package.xml(package.of_main("numbering")), styles)
    notes = Notes(package, settings, tally)
    paragraphs = Paragraphs(styles, numberings, notes, tally)
    chunks = ChunkReader(package, tally, writer, depth, _write)
    story = Story(package, paragraphs, notes, tally, writer, chunks)
    _write_sections(package, settings, story, Margins(story, paragraphs), writer)
    tally.comments = _count_comments(package)
    tally.hints = sum(map(is_placeholder, package.document.iter(CONTROL)))
    tally.damaged_parts = len(package.damaged)
    for warning in tally.warnings():
        writer.warn(warning)
    return tally


def _write_sections(
    package: Package, settings: Element | None, story: Story, margins: Margins, writer: Writer
) -> None:
    """Write the body; headers before the section that first shows them, and footers after it."""
    seen: set[str] = set()

    def write_margins(section: Element | None, kind: str) -> None:
        for reference in () if section is None else shown(section, settings, kind):
            part = package.target(package.main, reference)
            if part in seen:
                continue
            seen.add(part)
            root = package.xml(part)
            if root is None:
                continue
            lines, asides = margins.lines(root)
            story.write_lines(lines)
            story.write_asides(asides, part)

    remaining = iter(sections(package.document))
    section = next(remaining, None)
    write_margins(section, "header")
    for _ in story.write(package.document, package.main):
        write_margins(section, "footer")
        section = next(remaining, None)
        write_margins(section, "header")
    write_margins(section, "footer")


def _title(package: Package) -> str | None:
    properties = package.core_properties()
    title = None if properties is None else properties.find(name("dc:title"))
    return None if title is None or not (title.text or "").strip() else title.text


def _count_comments(package: Package) -> int:
    part = package.of_main("comments")
    root = package.xml(part) if part else None
    return 0 if root is None else len(root.findall(name("w:comment")))

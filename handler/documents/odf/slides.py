"""The slides of an OpenDocument presentation, each a page under its title, with its notes."""

from __future__ import annotations

from handler.documents.odf.blocks import BlockWriter
from handler.documents.odf.characters import cell_text
from handler.documents.xml_tree import Element, attribute, children, descendants

REPEATED = {"page-number", "date-time", "page", "header", "handout"}


def write_slides(blocks: BlockWriter, body: Element, level: int) -> None:
    """Write the slides that are shown. level: of their headings."""
    writer = blocks.writer
    for number, slide in enumerate(children(body, "page"), 1):
        writer.mark_page()
        if blocks.styles.is_hidden(slide):
            blocks.skipped["hidden slides"] += 1
            continue
        frames = [each for each in slide if attribute(each, "class") not in REPEATED]
        title = next((each for each in frames if attribute(each, "class") == "title"), None)
        heading = cell_text(title, blocks.rules) if title is not None else ""
        if heading or _has_text(slide):
            writer.heading(level, heading or f"Slide {number}")
        for frame in frames:
            if frame is not title:
                blocks.block(frame)
        for notes in children(slide, "notes"):
            if text := _notes(blocks, notes):
                writer.separate("\n\n")
                writer.write(f"Notes: {text}")
                writer.separate("\n\n")


def _has_text(slide: Element) -> bool:
    return any("".join(each.itertext()).strip() for each in descendants(slide, "p", "desc"))


def _notes(blocks: BlockWriter, notes: Element) -> str:
    shown = [each for each in notes if attribute(each, "class") not in REPEATED]
    return " ".join(filter(None, (cell_text(each, blocks.rules) for each in shown)))

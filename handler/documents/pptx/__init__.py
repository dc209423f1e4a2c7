"""PowerPoint: each slide as a page under its title, with tables, charts and the speaker's notes.

Does not read pictures, sounds or what layouts and masters repeat on every slide. Hidden slides
and comments are left out, and counted in a warning.
"""

from __future__ import annotations

from handler.documents.document import Document
from handler.documents.office.package import Package
from handler.documents.pptx.slide import SlideReader
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, attribute, child, children, descendants, reference
from handler.errors import DocumentRejected
from handler.limits import MAX_SLIDES

KIND = "PowerPoint file"
# What programs fill in as a title.
NO_TITLE = {"powerpoint presentation", "powerpoint-präsentation", "présentation powerpoint"}
NO_TITLE |= {"presentación de powerpoint", "slide 1", "untitled", "presentation"}


def extract_pptx(content: bytes) -> Document:
    """The document of a presentation. Raises DocumentRejected if it is damaged or a zip bomb."""
    package = Package(content, KIND)
    main = package.main("ppt/presentation.xml")
    parts = _slides(package, main)
    writer = Writer("pptx", is_markdown=True)
    title = (package.title() or "").strip()
    writer.title = None if title.lower() in NO_TITLE else title
    reader = SlideReader(writer, package, level=2 if writer.title else 1)
    hidden = 0
    for number, part in enumerate(parts, 1):
        slide = package.xml(part)
        writer.mark_page()
        if attribute(slide, "show", "1") in ("0", "false"):
            hidden += 1
            continue
        reader.read(slide, part, number)
        reader.unread["comments"] += _comments(package, part)
    reader.unread["hidden slides"] += hidden
    reader.unread.report(writer, KIND)
    return writer.document()


def _slides(package: Package, main: str) -> list[str]:
    """The names of the slides' parts, in the presentation's order."""
    root = package.xml(main)
    found = [package.target(main, reference(each)) for each in _slide_ids(root)]
    if len(found) > MAX_SLIDES:
        raise DocumentRejected(
            "invalid_file",
            f"The PowerPoint file has {len(found):,} slides; the limit is {MAX_SLIDES:,}. "
            "Split it.",
        )
    return [part for part in found if part]


def _slide_ids(root: Element) -> list[Element]:
    listed = child(root, "sldIdLst")
    return children(listed, "sldId") if listed is not None else []


def _comments(package: Package, part: str) -> int:
    parts = package.targets(part, "comments")
    roots = [package.try_xml(each) for each in parts]
    return sum(1 for root in roots if root is not None for _ in descendants(root, "cm"))

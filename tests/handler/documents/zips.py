"""Makes zip archives: Office and OpenDocument files and EPUB books of a test's XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def archive(entries: Mapping[str, str | bytes]) -> bytes:
    """A zip archive with these entries, in order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            is_type = name == "mimetype"
            file.writestr(name, content, zipfile.ZIP_STORED if is_type else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def relationships(**targets: str) -> str:
    """A part of relationships. targets: by id, "slide slides/slide1.xml"."""
    each = "".join(
        f'<Relationship Id="{id_}" Type="{OFFICE}/{kind}" Target="{part}"/>'
        for id_, (kind, part) in ((id_, target.split()) for id_, target in targets.items())
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{each}</Relationships>'


def opendocument(kind: str, body: str, styles: str = "", **parts: str) -> bytes:
    """An OpenDocument file. kind: "text", "spreadsheet" or "presentation"."""
    names = ("office", "text", "table", "draw", "style", "presentation", "xlink", "svg", "meta")
    spaces = " ".join(f'xmlns:{name}="urn:{name}"' for name in names)
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
        "</office:body></office:document-content>"
    )
    common = {
        name.replace("__", "/") + ".xml": f"<r {spaces}>{xml}</r>" for name, xml in parts.items()
    }
    media_type = f"application/vnd.oasis.opendocument.{kind}"
    return archive({"mimetype": media_type, "content.xml": content, **common})


def epub(
    chapters: Mapping[str, str], metadata: str = "<dc:title>Book</dc:title>", **more: str
) -> bytes:
    """An EPUB book of chapters by name; each is the content of a body. more: other entries."""
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in chapters
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="urn:dc">'
        f"<metadata>{metadata}</metadata><manifest>{items}"
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        f"<spine>{spine}</spine></package>"
    )
    pages = {
        f"OEBPS/{name}.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Book</title>'
        f"</head><body>{body}</body></html>"
        for name, body in chapters.items()
    }
    container = '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>'
    return archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/a.opf": package,
            **pages,
            **{name.replace("__", "/"): content for name, content in more.items()},
        }
    )

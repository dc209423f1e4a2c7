"""Makes Word files part by part, so that a test shows the XML that it is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

SCHEMAS = "http://schemas.openxmlformats.org"
RELATIONSHIPS = f"{SCHEMAS}/officeDocument/2006/relationships"
SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "w": f"{SCHEMAS}/wordprocessingml/2006/main",
        "m": f"{SCHEMAS}/officeDocument/2006/math",
        "r": RELATIONSHIPS,
        "mc": f"{SCHEMAS}/markup-compatibility/2006",
        "wp": f"{SCHEMAS}/drawingml/2006/wordprocessingDrawing",
        "a": f"{SCHEMAS}/drawingml/2006/main",
        "c": f"{SCHEMAS}/drawingml/2006/chart",
        "dgm": f"{SCHEMAS}/drawingml/2006/diagram",
        "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)


def file(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def xml(root: str, content: str, attributes: str = "") -> str:
    """A part whose root element, such as "w:styles", holds `content`."""
    return f"<{root} {SPACES}{attributes}>{content}</{root}>"


def relationships(targets: Mapping[str, str]) -> str:
    """A part with relationships, by id: "kind target", of which the kind is "styles" …"""
    lines = []
    for reference, said in targets.items():
        kind, target = said.split(" ")
        is_external = ' TargetMode="External"' if "://" in target else ""
        lines.append(
            f'<Relationship Id="{reference}" Type="{RELATIONSHIPS}/{kind}" Target="{target}"'
            f"{is_external}/>"
        )
    space = f"{SCHEMAS}/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{"".join(lines)}</Relationships>'


def document(
    body: str,
    references: Mapping[str, str] | None = None,
    /,
    *,
    main: str = "word/document.xml",
    **parts: str,
) -> bytes:
    """A Word file with this body.

    parts: contents of styles, numbering, footnotes, endnotes, comments, settings, each without its
    root element. references: relationships of the body, by id, as `relationships` takes them.
    """
    return file(document_parts(body, references, main=main, **parts))


def document_parts(
    body: str,
    references: Mapping[str, str] | None = None,
    /,
    *,
    main: str = "word/document.xml",
    **parts: str,
) -> dict[str, str | bytes]:
    """The parts of `document`, by name."""
    folder, _, name = main.rpartition("/")
    found: dict[str, str | bytes] = {
        "_rels/.rels": relationships({"rId1": f"officeDocument {main}"}),
        main: xml("w:document", f"<w:body>{body}</w:body>"),
    }
    targets = dict(references or {})
    for kind, content in parts.items():
        found[f"{folder}/{kind}.xml"] = xml(f"w:{kind}", content)
        targets[f"rId{kind}"] = f"{kind} {kind}.xml"
    found[f"{folder}/_rels/{name}.rels"] = relationships(targets)
    return found


def p(text: str = "", properties: str = "", run: str = "") -> str:
    """A paragraph of one run. properties: of the paragraph; run: of the run."""
    start = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{start}{r(text, run) if text else ''}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run."""
    start = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{start}<w:t xml:space="preserve">{text}</w:t></w:r>'


def styled(style: str) -> str:
    """The properties of a paragraph with this style."""
    return f'<w:pStyle w:val="{style}"/>'


def style(
    style_id: str, name: str = "", based_on: str = "", paragraph: str = "", run: str = ""
) -> str:
    """A style of paragraphs. paragraph, run: its properties."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{name or style_id}"/>'
        f"{base}<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def item(numbering: int, level: int = 0) -> str:
    """The properties of a numbered paragraph."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr>'


def level(
    at: int, pattern: str, format: str = "decimal", start: int | None = 1, more: str = ""
) -> str:
    """A level of a numbering's definition."""
    first = "" if start is None else f'<w:start w:val="{start}"/>'
    return (
        f'<w:lvl w:ilvl="{at}">{first}<w:numFmt w:val="{format}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def definition(number: int, *levels: str) -> str:
    """A numbering's definition."""
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def num(number: int, of: int = 0, overrides: str = "") -> str:
    """A numbering of a definition."""
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def table(*rows: str, properties: str = "") -> str:
    """A table of rows."""
    start = f"<w:tblPr>{properties}</w:tblPr>" if properties else ""
    return f"<w:tbl>{start}{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    """A row. A cell that is not XML is a text."""
    start = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    inner = (each if each.startswith("<w:tc>") else cell(each) for each in cells)
    return f"<w:tr>{start}{''.join(inner)}</w:tr>"


def cell(content: str = "", properties: str = "") -> str:
    """A cell of one paragraph, or of the blocks in `content`."""
    start = f"<w:tcPr>{properties}</w:tcPr>" if properties else ""
    return f"<w:tc>{start}{content if content.startswith('<') else p(content)}</w:tc>"

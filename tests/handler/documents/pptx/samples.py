"""Makes PowerPoint files of the XML that a test shows."""

from __future__ import annotations

from tests.handler.documents.zips import archive, relationships

SPACES = " ".join(
    [
        *(f'xmlns:{name}="urn:{name}"' for name in ("a", "p", "r", "c", "dgm", "mc", "dc")),
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"',
    ]
)


def pptx(*slides: str, entries: dict[str, str] | None = None) -> bytes:
    """A presentation. slides: the shapes of each. entries: other parts, by name."""
    numbers = range(1, len(slides) + 1)
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in numbers)
    targets = {f"r{n}": f"slide slides/slide{n}.xml" for n in numbers}
    parts = {
        "_rels/.rels": relationships(r1="officeDocument ppt/presentation.xml"),
        "ppt/presentation.xml": f"<p:presentation {SPACES}><p:sldIdLst>{ids}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": relationships(**targets),
    }
    for number, shapes in zip(numbers, slides, strict=True):
        parts[f"ppt/slides/slide{number}.xml"] = slide(shapes)
    return archive(parts | (entries or {}))


def slide(shapes: str, attributes: str = "") -> str:
    """The XML of a slide."""
    tree = f"<p:spTree>{shapes}</p:spTree>"
    return f"<p:sld {SPACES} {attributes}><p:cSld>{tree}</p:cSld></p:sld>"


def shape(*paragraphs: str, kind: str | None = None, properties: str = "") -> str:
    """A shape with text. kind: of the placeholder that it fills. properties: of each paragraph."""
    filled = "" if kind is None else f'<p:ph type="{kind}"/>'
    texts = "".join(f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    head = f'<p:nvSpPr><p:cNvPr id="1" name="x"/><p:nvPr>{filled}</p:nvPr></p:nvSpPr>'
    return f"<p:sp>{head}<p:txBody>{texts}</p:txBody></p:sp>"


def title(text: str) -> str:
    """The title's shape."""
    return shape(text, kind="title")


def picture(description: str = "") -> str:
    """A picture."""
    head = f'<p:cNvPr id="2" name="Picture 1" descr="{description}"/><p:nvPr/>'
    return f"<p:pic><p:nvPicPr>{head}</p:nvPicPr></p:pic>"


def frame(content: str) -> str:
    """A frame that holds a table, a chart or a diagram."""
    head = '<p:nvGraphicFramePr><p:cNvPr id="3" name="x"/><p:nvPr/></p:nvGraphicFramePr>'
    graphic = f"<a:graphic><a:graphicData>{content}</a:graphicData></a:graphic>"
    return f"<p:graphicFrame>{head}{graphic}</p:graphicFrame>"

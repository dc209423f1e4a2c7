"""Alternative texts, text boxes, charts and diagrams are read; pictures are counted."""

from __future__ import annotations

import pytest

from handler.documents.document import Document
from tests.handler.documents.docx.word_files import document, document_parts, file, p, r, xml
from tests.handler.documents.samples import read, rejected

BOX = f"<w:txbxContent>{p('In the box.')}</w:txbxContent>"
BLIP = '<a:graphic><a:graphicData><a:blip r:embed="rId9"/></a:graphicData></a:graphic>'


def drawing(properties: str = "", inner: str = "", more: str = "") -> str:
    return (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1"'
        f"{properties}>{more}</wp:docPr>"
        f"{inner}</wp:inline></w:drawing></w:r>"
    )


def paragraph(*runs: str) -> Document:
    return read(document(f"<w:p>{''.join(runs)}</w:p>{p('After.')}"))


def test_a_picture_has_its_alternative_text() -> None:
    picture = drawing(' descr="Bar chart: sales doubled"', BLIP)
    found = paragraph(r("Figure:"), picture)
    assert (found.text, found.warnings) == ("Figure: Bar chart: sales doubled\n\nAfter.", ())


@pytest.mark.parametrize("description", ["", "image1.png", "C:\\my pictures\\a b.jpg"])
def test_a_picture_without_a_useful_text_is_counted(description: str) -> None:
    found = paragraph(r("Figure"), drawing(f' descr="{description}"', BLIP))
    assert found.text == "Figure\n\nAfter."
    assert found.warnings == ("1 picture without an alternative text was not read.",)


def test_a_document_of_pictures_is_refused_with_the_reason() -> None:
    assert rejected(document(f"<w:p>{drawing('', BLIP) * 2}</w:p>")) == (
        "invalid_file: The Word file has no text, only pictures (2). If they show text, save the "
        "file as PDF and run it through text recognition (OCR) first."
    )


def test_what_word_adds_to_a_description_is_left_out() -> None:
    said = "A dog&#10;&#10;Description automatically generated with low confidence"
    assert paragraph(r("See"), drawing(f' descr="{said}"')).text == "See A dog\n\nAfter."


def test_a_decoration_is_neither_read_nor_counted() -> None:
    found = paragraph(r("a"), drawing("", BLIP, '<adec:decorative val="1"/>'))
    assert (found.text, found.warnings) == ("a\n\nAfter.", ())


def test_a_text_box_follows_its_paragraph_once() -> None:
    new = f'<mc:Choice Requires="wps"><w:drawing>{BOX}</w:drawing></mc:Choice>'
    old = f"<mc:Fallback><w:pict><v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback>"
    both = f"<w:r><mc:AlternateContent>{new}{old}</mc:AlternateContent></w:r>"
    assert paragraph(r("Be"), both, r("fore.")).text == "Before.\n\nIn the box.\n\nAfter."
    empty = '<mc:Choice Requires="new"><w:drawing/></mc:Choice>'
    only_old = f"<w:r><mc:AlternateContent>{empty}{old}</mc:AlternateContent></w:r>"
    assert paragraph(r("Before."), only_old).text == "Before.\n\nIn the box.\n\nAfter."


def test_shapes_of_older_files_have_their_texts() -> None:
    shape = '<w:r><w:pict><v:shape alt="A map"><v:textpath string="SALE"/></v:shape></w:pict></w:r>'
    assert paragraph(r("See"), shape).text == "See A map  SALE\n\nAfter."


def test_a_hidden_drawing_is_left_out() -> None:
    found = paragraph(r("a"), drawing(' hidden="1" descr="secret"'))
    assert found.text == "a\n\nAfter."


def test_embedded_objects_are_told() -> None:
    found = paragraph(
        r("a"),
        '<w:r><w:object><v:shape><v:imagedata/></v:shape><o:OLEObject ProgID="Excel.Sheet.12"/>'
        "</w:object></w:r>",
    )
    assert found.warnings == ("1 embedded object (such as a spreadsheet) was not read.",)


def with_part(inner: str, kind: str, target: str, part: str, times: int = 1) -> Document:
    body = f"<w:p>{drawing('', inner * times)}</w:p>{p('After.')}"
    parts = document_parts(body, {"rId1": f"{kind} {target}"})
    return read(file({**parts, f"word/{target}": part}))


def points(tag: str, *values: str) -> str:
    found = "".join(
        f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate(values)
    )
    return f"<c:{tag}><c:strRef><c:strCache>{found}</c:strCache></c:strRef></c:{tag}>"


CHART = xml(
    "c:chartSpace",
    "<c:chart><c:title><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c:title><c:plotArea>"
    f"<c:ser>{points('tx', '2023')}{points('cat', 'May', 'June')}{points('val', '4')}</c:ser>"
    f"<c:ser>{points('tx', '2024')}{points('val', '5', '6.2999999999999998')}</c:ser>"
    "</c:plotArea></c:chart>",
)
SHOWN = "Sales\n\n| 2023 | 2024\nMay | 4 | 5\nJune |  | 6.3\n\nAfter."


def test_a_chart_is_its_titles_and_a_table_once() -> None:
    found = with_part('<c:chart r:id="rId1"/>', "chart", "charts/c.xml", CHART, times=100)
    assert found.text == SHOWN
    assert found.tables[0].header == "| 2023 | 2024"


def test_a_diagram_is_a_list() -> None:
    model = "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>"
        for text in ("Plan", "Build", "")
    )
    part = xml("dgm:dataModel", f"<dgm:ptLst>{model}</dgm:ptLst>")
    found = with_part('<dgm:relIds r:dm="rId1"/>', "diagramData", "diagrams/d.xml", part)
    assert found.text == "- Plan\n- Build\n\nAfter."


@pytest.mark.parametrize("part", ["", "<broken"])
def test_a_chart_that_is_damaged_is_told(part: str) -> None:
    found = with_part('<c:chart r:id="rId1"/>', "chart", "charts/c.xml", part)
    assert found.text == "After."
    assert found.warnings[0] == ("1 chart or diagram was not read: missing or damaged in the file.")


def test_absurd_indices_of_a_chart_are_bounded() -> None:
    chart = CHART.replace('idx="1"', 'idx="2000000000"')
    found = with_part('<c:chart r:id="rId1"/>', "chart", "charts/c.xml", chart)
    assert found.text == SHOWN

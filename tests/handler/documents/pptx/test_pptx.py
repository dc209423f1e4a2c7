"""PowerPoint: slides in order, as pages under their titles, with tables, charts and notes."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from handler.documents.document import Heading
from tests.handler.documents.pptx.samples import (
    SPACES,
    frame,
    picture,
    pptx,
    shape,
    slide,
    title,
)
from tests.handler.documents.samples import read, rejected
from tests.handler.documents.zips import relationships

CHART = (
    f"<c:chartSpace {SPACES}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Sales</a:t></a:r></a:p>"
    "</c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache>"
    '<c:pt idx="0"><c:v>2024</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef>'
    '<c:strCache><c:pt idx="0"><c:v>Oslo</c:v></c:pt><c:pt idx="1"><c:v>Riga</c:v></c:pt>'
    '</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache><c:pt idx="1"><c:v>12</c:v>'
    "</c:pt></c:numCache></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart>"
    "</c:chartSpace>"
)


def test_each_slide_is_a_page_under_its_title() -> None:
    document = read(pptx(shape("Below") + title("First"), title("Second") + shape("Text")))
    assert document.text == "# First\n\nBelow\n\n# Second\n\nText"
    assert document.headings == (Heading(0, 1, "First"), Heading(16, 1, "Second"))
    assert [document.page(document.text.index(word)) for word in ("Below", "Text")] == [1, 2]
    assert (document.format, document.is_markdown) == ("pptx", True)


def test_slides_are_in_the_order_of_the_presentation_not_of_their_names() -> None:
    swapped = relationships(r1="slide slides/slide2.xml", r2="slide slides/slide1.xml")
    content = pptx(title("B"), title("A"), entries={"ppt/_rels/presentation.xml.rels": swapped})
    assert read(content).text == "# A\n\n# B"


def test_a_slide_without_a_title_gets_its_number_and_one_without_text_none() -> None:
    document = read(pptx(title("One"), shape("Text"), "", picture(), shape("End")))
    assert document.text == "# One\n\n# Slide 2\n\nText\n\n# Slide 5\n\nEnd"
    assert document.page(document.text.index("End")) == 5


def test_paragraphs_of_a_placeholder_are_a_list_by_level() -> None:
    deeper = shape("Deeper", kind="body", properties='<a:pPr lvl="1"/>')
    numbered = shape("a", "b", properties="<a:pPr><a:buAutoNum/></a:pPr>")
    plain = shape("Plain", kind="body", properties="<a:pPr><a:buNone/></a:pPr>")
    text = read(pptx(shape("One", "Two", kind="body") + deeper + numbered + plain)).text
    assert text == "# Slide 1\n\n- One\n- Two\n\n  - Deeper\n\n1. a\n2. b\n\nPlain"


def test_footers_and_fixed_dates_are_read_once_and_slide_numbers_never() -> None:
    repeated = shape("7", kind="sldNum") + shape("May", kind="dt") + shape("ACME", kind="ftr")
    text = read(pptx(repeated + title("A") + shape("Text"), title("B") + repeated)).text
    assert text == "# A\n\nText\n\nMay\n\nACME\n\n# B"


def test_a_date_that_the_program_fills_in_is_not_read() -> None:
    field = '<a:p><a:fld type="datetime1"><a:t>1 May</a:t></a:fld></a:p>'
    head = '<p:nvSpPr><p:cNvPr id="1" name="x"/><p:nvPr><p:ph type="dt"/></p:nvPr></p:nvSpPr>'
    dated = f"<p:sp>{head}<p:txBody>{field}</p:txBody></p:sp>"
    assert read(pptx(title("A") + dated)).text == "# A"


def test_a_tables_cells_keep_their_places_and_spans_repeat_their_text() -> None:
    def cell(text: str = "", attributes: str = "") -> str:
        body = f"<a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody>"
        return f"<a:tc {attributes}>{body}</a:tc>"

    rows = [
        cell("Region") + cell("2023") + cell("2024"),
        cell("North", 'rowSpan="2"') + cell() + cell("17"),
        cell("", 'vMerge="1"') + cell("12", 'gridSpan="2"') + cell("", 'hMerge="1"'),
    ]
    xml = "".join(f"<a:tr>{row}</a:tr>" for row in rows)
    document = read(pptx(title("T") + frame(f'<a:tbl><a:tblPr firstRow="1"/>{xml}</a:tbl>')))
    assert document.text == "# T\n\nRegion | 2023 | 2024\nNorth |  | 17\nNorth | 12 | 12"
    assert [table.header for table in document.tables] == ["Region | 2023 | 2024"]


def test_a_chart_is_a_table_of_its_saved_values() -> None:
    rels = relationships(r1="chart ../charts/chart1.xml")
    entries = {"ppt/slides/_rels/slide1.xml.rels": rels, "ppt/charts/chart1.xml": CHART}
    document = read(pptx(frame('<c:chart r:id="r1"/>'), entries=entries))
    assert document.text == "# Slide 1\n\nSales\n\n| 2024\nOslo |\nRiga | 12"
    assert document.warnings == ()


def test_a_diagram_is_a_list() -> None:
    points = "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>" for text in "AB"
    )
    entries = {
        "ppt/slides/_rels/slide1.xml.rels": relationships(r1="diagramData ../diagrams/data1.xml"),
        "ppt/diagrams/data1.xml": f"<dgm:dataModel {SPACES}>{points}</dgm:dataModel>",
    }
    assert (
        read(pptx(frame('<dgm:relIds r:dm="r1"/>'), entries=entries)).text
        == "# Slide 1\n\n- A\n- B"
    )


def test_pictures_are_read_by_their_descriptions_and_counted_without_one() -> None:
    document = read(pptx(title("T") + picture("Sales doubled") + picture() + picture("a.png")))
    assert document.text == "# T\n\nSales doubled"
    assert document.warnings == ("Not read: pictures without a description (2).",)


def test_notes_stand_below_their_slide() -> None:
    notes = slide(shape("Say hello", kind="body"))
    entries = {
        "ppt/slides/_rels/slide1.xml.rels": relationships(r1="notesSlide ../notesSlides/n1.xml"),
        "ppt/notesSlides/n1.xml": notes,
    }
    assert (
        read(pptx(title("A"), title("B"), entries=entries)).text == "# A\n\nNotes: Say hello\n\n# B"
    )


def test_groups_are_entered_and_an_equation_is_text() -> None:
    equation = "<m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath>"
    inner = (
        f"<mc:AlternateContent><mc:Choice><p:sp><p:nvSpPr/><p:txBody><a:p><a:r><a:t>So </a:t></a:r>"
        f"{equation}</a:p></p:txBody></p:sp></mc:Choice><mc:Fallback>{shape('old')}</mc:Fallback>"
        "</mc:AlternateContent>"
    )
    assert read(pptx(f"<p:grpSp>{inner}</p:grpSp>")).text == "# Slide 1\n\nSo a=b"


def test_raised_digits_and_fractions_do_not_fuse_with_others() -> None:
    raised = '<a:r><a:rPr baseline="30000"/><a:t>6</a:t></a:r>'
    half = "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    math = f"<m:oMath><m:r><m:t>1</m:t></m:r>{half}</m:oMath>"
    paragraphs = (
        f"<a:p><a:r><a:t>10</a:t></a:r>{raised}<a:r><a:t> cells</a:t></a:r></a:p><a:p>{math}</a:p>"
    )
    body = f"<p:sp><p:nvSpPr/><p:txBody>{paragraphs}</p:txBody></p:sp>"
    assert read(pptx(body)).text == "# Slide 1\n\n10⁶ cells\n\n1 1/2"


def test_a_fraction_between_digits_and_letters_stands_apart() -> None:
    half = "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    math = f'<a14:m xmlns:a14="urn:a14"><m:oMath>{half}</m:oMath></a14:m>'
    runs = ("<a:r><a:t>1</a:t></a:r>", math, "<a:r><a:t>x</a:t></a:r>", math)
    body = f"<p:sp><p:nvSpPr/><p:txBody><a:p>{''.join(runs)}</a:p></p:txBody></p:sp>"
    assert read(pptx(body)).text == "# Slide 1\n\n1 1/2 x 1/2"


@pytest.mark.parametrize(
    ("numbering", "text"),
    [
        ('type="arabicPeriod" startAt="3"', "3. A\n4. B"),
        ('type="alphaLcParenR"', "a) A\nb) B"),
        ('type="alphaUcParenBoth" startAt="2"', "(B) A\n(C) B"),
        ('type="romanUcPeriod" startAt="4"', "IV. A\nV. B"),
        ('type="romanLcParenR"', "i) A\nii) B"),
        ('type="arabicPlain"', "1 A\n2 B"),
        ('type="circleNumDbPlain"', "① A\n② B"),
        ('type="unheardOf"', "1. A\n2. B"),
        ("", "1. A\n2. B"),
        ('startAt="99999999"', "1. A\n2. B"),
    ],
)
def test_a_lists_numbers_are_those_that_are_shown(numbering: str, text: str) -> None:
    body = shape("A", "B", properties=f"<a:pPr><a:buAutoNum {numbering}/></a:pPr>")
    assert read(pptx(body)).text == f"# Slide 1\n\n{text}"


def test_numbers_go_on_after_items_of_a_lower_level() -> None:
    def item(text: str, level: int, type_: str) -> str:
        style = f'<a:pPr lvl="{level}"><a:buAutoNum type="{type_}"/></a:pPr>'
        return f"<a:p>{style}<a:r><a:t>{text}</a:t></a:r></a:p>"

    items = [("A", 0), ("B", 1), ("C", 1), ("D", 0), ("E", 1)]
    types = ("arabicPeriod", "alphaLcPeriod")
    xml = "".join(item(text, level, types[level]) for text, level in items)
    body = f"<p:sp><p:nvSpPr/><p:txBody>{xml}</p:txBody></p:sp>"
    assert read(pptx(body)).text == "# Slide 1\n\n1. A\n  a. B\n  b. C\n2. D\n  a. E"


def test_shapes_are_read_from_top_to_bottom_and_from_left_to_right() -> None:
    def at(x: int, y: int, text: str) -> str:
        place = f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/></a:xfrm></p:spPr>'
        return shape(text).replace("<p:txBody>", f"{place}<p:txBody>")

    inner = at(0, 9, "low in the group") + at(0, 1, "high in the group")
    off = '<a:off x="0" y="3000000"/>'
    group = f"<p:grpSp><p:grpSpPr><a:xfrm>{off}</a:xfrm></p:grpSpPr>{inner}</p:grpSp>"
    drawn = (
        *(at(0, 5_000_000, "end"), group, at(4_000_000, 1_000_000, "right")),
        *(at(0, 1_100_000, "left"), shape("body", kind="body"), title("T")),
    )
    assert read(pptx("".join(drawn))).text == (
        "# T\n\n- body\n\nleft\n\nright\n\nhigh in the group\n\nlow in the group\n\nend"
    )


def test_a_placeholder_takes_its_place_from_the_layout() -> None:
    def at(y: int, xml: str) -> str:
        place = f'<p:spPr><a:xfrm><a:off x="0" y="{y}"/></a:xfrm></p:spPr>'
        return xml.replace("<p:txBody>", f"{place}<p:txBody>")

    def body(text: str, index: int) -> str:
        return shape(text, kind="body").replace('type="body"', f'type="body" idx="{index}"')

    entries = {
        "ppt/slides/_rels/slide1.xml.rels": relationships(r1="slideLayout ../layouts/l1.xml"),
        "ppt/layouts/l1.xml": slide(at(5_000_000, body("x", 1)) + at(1_000_000, body("y", 2))),
        "ppt/layouts/_rels/l1.xml.rels": relationships(r1="slideMaster ../masters/m1.xml"),
        "ppt/masters/m1.xml": slide(at(9_000_000, shape("z", kind="ftr"))),
    }
    shapes = (
        shape("end", kind="ftr") + body("low", 1) + at(3_000_000, shape("box")) + body("high", 2)
    )
    text = read(pptx(title("T") + shapes, entries=entries)).text
    assert text == "# T\n\n- high\n\nbox\n\n- low\n\nend"


def test_hidden_slides_and_comments_are_left_out_and_counted() -> None:
    entries = {
        "ppt/slides/slide2.xml": slide(title("Secret"), 'show="0"'),
        "ppt/slides/_rels/slide1.xml.rels": relationships(r1="comments ../comments/c1.xml"),
        "ppt/comments/c1.xml": f"<p:cmLst {SPACES}><p:cm/><p:cm/></p:cmLst>",
    }
    document = read(pptx(title("A"), "", title("C"), entries=entries))
    assert document.text == "# A\n\n# C"
    assert document.page(document.text.index("C")) == 3
    assert document.warnings == ("Not read: comments (2).", "Not read: hidden slides (1).")


@pytest.mark.parametrize(("stated", "kept"), [("Plan", "Plan"), ("PowerPoint Presentation", None)])
def test_the_title_is_the_one_that_the_file_states(stated: str, kept: str | None) -> None:
    core = f"<c {SPACES}><dc:title>{stated}</dc:title></c>"
    document = read(pptx(title("A"), entries={"docProps/core.xml": core}))
    assert document.title == kept
    assert document.text == ("## A" if kept else "# A")


def test_a_presentation_of_pictures_is_refused_with_their_number() -> None:
    assert rejected(pptx(picture(), picture())) == (
        "invalid_file: The PowerPoint file has no text that can be read. "
        "Not read: pictures without a description (2)."
    )


def test_a_damaged_slide_is_refused() -> None:
    content = pptx(title("A"), entries={"ppt/slides/slide1.xml": "<p:sld"})
    assert rejected(content) == (
        "invalid_file: The PowerPoint file is damaged: its XML is not well-formed. Save it again."
    )


def test_a_presentation_that_is_cut_off_is_named() -> None:
    assert rejected(pptx(title("A"))[:400]) == (
        "invalid_file: The PowerPoint file is cut off: its end is missing. Upload it again."
    )


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + slide(
        shape("&b;&b;") + title("T")
    )
    assert read(pptx("", entries={"ppt/slides/slide1.xml": bomb})).text == "# T"


def test_too_many_tags_are_refused_before_they_are_parsed() -> None:
    content = pptx("<p:x/>" * 4_000_100)
    with zipfile.ZipFile(BytesIO(content)) as file:
        assert file.getinfo("ppt/slides/slide1.xml").compress_size < 1_000_000
    assert "4,000,000. Split it" in rejected(content)


def test_a_slide_that_is_listed_many_times_is_bounded() -> None:
    listed = "".join('<p:sldId r:id="r1"/>' for _ in range(5_001))
    main = f"<p:presentation {SPACES}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>"
    content = pptx(title("A"), entries={"ppt/presentation.xml": main})
    assert rejected(content) == (
        "invalid_file: The PowerPoint file has 5,001 slides; the limit is 5,000. Split it."
    )

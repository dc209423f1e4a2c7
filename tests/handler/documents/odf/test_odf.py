"""OpenDocument: texts, spreadsheets and presentations."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from handler.documents.document import Heading
from tests.handler.documents.samples import read, rejected
from tests.handler.documents.zips import archive, opendocument


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def cell(text: str = "", attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{p(text) if text else ''}</table:table-cell>"


def table(*rows: str, attributes: str = "") -> str:
    xml = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    return f'<table:table table:name="S" {attributes}>{xml}</table:table>'


COVERED = "<table:covered-table-cell/>"


def test_headings_paragraphs_and_lists() -> None:
    item = "<text:list-item>{}</text:list-item>"
    nested = f"<text:list>{item.format(p('c'))}</text:list>"
    body = (
        '<text:h text:outline-level="2">Scope</text:h>'
        + p("A<text:s text:c='2'/>B<text:tab/>C\n  D<text:line-break/>E")
        + f"<text:list>{item.format(p('a'))}{item.format(p('b') + nested)}</text:list>"
        + f'<text:list text:style-name="L">{item.format(p("x"))}{item.format(p("y"))}</text:list>'
    )
    numbers = '<text:list-level-style-number text:level="1"/>'
    styles = f'<text:list-style style:name="L">{numbers}</text:list-style>'
    document = read(opendocument("text", body, styles))
    assert document.text == "## Scope\n\nA  B\tC D\nE\n\n- a\n- b\n  - c\n\n1. x\n2. y"
    assert document.headings == (Heading(0, 2, "Scope"),)
    assert document.format == "odt"


def test_notes_text_boxes_and_descriptions_are_read() -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation>"
        f"<text:note-body>{p('Since May.')}</text:note-body></text:note>"
    )
    frame = "<draw:frame><draw:image/><svg:desc>Map of Oslo</svg:desc></draw:frame>"
    box = f"<draw:frame><draw:text-box>{p('In a box')}</draw:text-box></draw:frame>"
    content = opendocument("text", p(f"Free{note}.") + p(frame) + p(box))
    assert read(content).text == "Free[1].\n\n[1] Since May.\n\nMap of Oslo\n\nIn a box"


def test_comments_deleted_text_and_tables_of_contents_are_left_out() -> None:
    comment = f"<office:annotation>{p('hm')}</office:annotation>"
    deletion = (
        f"<text:changed-region><text:deletion>{p('old')}</text:deletion></text:changed-region>"
    )
    deleted = f"<text:tracked-changes>{deletion * 2}</text:tracked-changes>"
    contents = f"<text:table-of-content>{p('Scope 3')}</text:table-of-content>"
    picture = "<draw:frame><draw:image/></draw:frame>"
    document = read(opendocument("text", deleted + contents + p(f"a{comment}{picture}")))
    assert document.text == "a"
    assert document.warnings == (
        "Not read: tracked deletions (2).",
        "Not read: comments (1).",
        "Not read: pictures without a description (1).",
    )


def test_cells_keep_their_places_and_spans_repeat() -> None:
    rows = (
        cell("Region") + cell("2023") + cell("2024"),
        cell("North", 'table:number-rows-spanned="2"') + cell() + cell("17"),
        COVERED + cell("12", 'table:number-columns-spanned="2"') + COVERED,
    )
    assert read(opendocument("text", table(*rows))).text == (
        "Region | 2023 | 2024\nNorth |  | 17\nNorth | 12 | 12"
    )


def test_a_table_that_claims_millions_of_cells_is_bounded() -> None:
    huge = 'table:number-columns-spanned="999999999" table:number-rows-spanned="999999999"'
    wide = cell("x" * 1_000, 'table:number-columns-repeated="999999999"')
    document = read(opendocument("text", table(*[cell("a", huge) + wide] * 50)))
    assert len(document.text) < 2_000_000


def test_sheets_stand_under_their_names() -> None:
    date = 'office:value-type="date" office:date-value="2024-05-31"'
    rows = (
        cell("Day") + cell("", 'table:number-columns-repeated="2"') + cell("Total"),
        cell("31.05.24", date) + cell() + cell() + cell("1,5", 'office:value-type="float"'),
        cell("", 'table:number-columns-repeated="16384"'),
    )
    hidden = table(cell("secret"), attributes='table:style-name="H"')
    properties = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="H">{properties}</style:style>'
    document = read(opendocument("spreadsheet", table(*rows) + hidden, styles))
    assert document.text == "# S\n\nDay | Total\n2024-05-31 | 1,5"
    assert document.tables[0].header == "Day | Total"
    assert document.warnings == ("Not read: hidden sheets (1).",)
    assert document.format == "ods"


def test_a_sheet_that_claims_billions_of_cells_is_refused() -> None:
    wide = cell("x", 'table:number-columns-repeated="16384"')
    row = f'<table:table-row table:number-rows-repeated="1048576">{wide}</table:table-row>'
    content = opendocument("spreadsheet", f"<table:table>{row}</table:table>")
    assert "A sheet's text is longer than 10,000,000 characters" in rejected(content)


def test_empty_rows_that_are_repeated_take_no_time() -> None:
    repeated = 'table:number-rows-repeated="999999999"'
    row = f"<table:table-row {repeated}><table:table-cell/></table:table-row>"
    last = f"<table:table-row>{cell('z')}</table:table-row>"
    content = opendocument("spreadsheet", f'<table:table table:name="S">{row}{last}</table:table>')
    assert read(content).text == "# S\n\nz"


def test_slides_are_pages_under_their_titles_with_notes() -> None:
    def frame(kind: str, text: str) -> str:
        box = f"<draw:text-box>{p(text)}</draw:text-box>"
        return f'<draw:frame presentation:class="{kind}">{box}</draw:frame>'

    notes = f"<presentation:notes>{frame('notes', 'Say hello')}</presentation:notes>"
    slides = (
        f"<draw:page>{frame('title', 'One')}{frame('outline', 'Text')}{notes}</draw:page>"
        f"<draw:page>{frame('outline', 'More')}</draw:page>"
    )
    document = read(opendocument("presentation", slides))
    assert document.text == "# One\n\nText\n\nNotes: Say hello\n\n# Slide 2\n\nMore"
    assert document.page(document.text.index("More")) == 2


def test_an_encrypted_file_is_refused() -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    content = archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": "\x00\x01",
            "META-INF/manifest.xml": manifest,
        }
    )
    assert rejected(content) == (
        "invalid_file: The OpenDocument file is encrypted; save it without a password."
    )


@pytest.mark.parametrize("content", ["<a", "<a/>", ""])
def test_a_damaged_file_is_refused(content: str) -> None:
    parts = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}
    assert rejected(archive(parts)) == (
        "invalid_file: The OpenDocument file is damaged: its XML is not well-formed. Save it again."
    )


UP = (
    '<style:style style:name="up"><style:text-properties style:text-position="super 58%"/>'
    '</style:style><style:style style:name="up2" style:parent-style-name="up"/>'
)
HALF = "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>"
POWER = "<msup><mn>10</mn><mn>6</mn></msup>"
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'


@pytest.mark.parametrize("style", ["up", "up2"])
def test_raised_digits_do_not_fuse_with_others(style: str) -> None:
    raised = f'<text:span text:style-name="{style}">6</text:span>'
    ordinal = f'5<text:span text:style-name="{style}">th</text:span>'
    body = p(f"10{raised} cells, {ordinal}") + table(cell(f"10{raised}") + cell("b"))
    assert read(opendocument("text", body, UP)).text == "10⁶ cells, 5th\n\n10⁶ | b"


@pytest.mark.parametrize(
    ("math", "text"),
    [
        (f"<math {MATH}><mn>1</mn><mfrac><mi>a</mi><mn>2</mn></mfrac></math>", "1 a/2"),
        (f"<math {MATH}><semantics>{HALF}<annotation>x</annotation></semantics></math>", "(a+b)/2"),
        (f"<math {MATH}>{POWER}</math>", "10⁶"),
        (
            f"<m:math {MATH.replace('xmlns', 'xmlns:m')}><m:msup><m:mn>10</m:mn><m:mn>6</m:mn>"
            "</m:msup></m:math>",
            "10⁶",
        ),
    ],
)
def test_a_formula_is_read_in_its_sentence(math: str, text: str) -> None:
    frame = f"<draw:frame><draw:object>{math}</draw:object></draw:frame>"
    body = p(f"So {frame} it is.") + table(cell(frame) + cell("b"))
    assert read(opendocument("text", body)).text == f"So {text} it is.\n\n{text} | b"


def test_a_formula_in_a_part_of_its_own_is_read() -> None:
    body = p('So <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>.')
    content = BytesIO(opendocument("text", body))
    with zipfile.ZipFile(content, "a") as file:
        file.writestr("Object 1/content.xml", f"<math {MATH}>{HALF}</math>")
    assert read(content.getvalue()).text == "So (a+b)/2."


def test_a_fraction_after_a_number_stands_apart() -> None:
    math = f"<math {MATH}><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
    frame = f"<draw:frame><draw:object>{math}</draw:object></draw:frame>"
    assert read(opendocument("text", p(f"1{frame}x, {frame} cups"))).text == "1 1/2 x, 1/2 cups"


def test_hidden_text_is_left_out_and_counted() -> None:
    properties = '<style:text-properties text:display="none"/>'
    styles = (
        f'<style:style style:name="H" style:family="text">{properties}</style:style>'
        '<style:style style:name="H2" style:family="paragraph" style:parent-style-name="H"/>'
    )
    body = (
        p('a<text:span text:style-name="H">no</text:span>')
        + '<text:p text:style-name="H2">no</text:p>'
        + p('<text:hidden-paragraph text:is-hidden="true"/>no')
        + p('b<text:hidden-text text:is-hidden="true" text:string-value="no"/>')
        + p('c<text:hidden-text text:is-hidden="false" text:string-value="d"/>')
    )
    document = read(opendocument("text", body, styles))
    assert document.text == "a\n\nb\n\ncd"
    assert document.warnings == ("Not read: pieces of hidden text (4).",)

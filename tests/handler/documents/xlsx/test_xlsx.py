"""Excel: sheets under their names, cells in their columns, values as a person reads them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.documents.document import Heading
from tests.handler.documents.samples import read, rejected
from tests.handler.documents.xlsx.samples import SPACES, Value, cell, row, rows, xlsx
from tests.handler.documents.zips import relationships


def sheet(*xml: str, after: str = "") -> bytes:
    return xlsx(S=f"<sheetData>{''.join(xml)}</sheetData>{after}")


def body(content: bytes) -> str:
    """The text below the heading of the sheet S."""
    return read(content).text.removeprefix("# S\n\n")


def test_each_sheet_is_a_table_under_its_name() -> None:
    document = read(xlsx(Cities=[["City", "Shops"], ["Oslo", 12]], More=[["Text"]]))
    assert document.text == "# Cities\n\nCity | Shops\nOslo | 12\n\n# More\n\nText"
    assert document.headings == (Heading(0, 1, "Cities"), Heading(34, 1, "More"))
    assert [table.header for table in document.tables] == ["City | Shops"]
    assert document.format == "xlsx"


def test_empty_cells_keep_their_place() -> None:
    content = xlsx(S=[["City", 2023, 2024], ["Lyon", None, 17], ["Graz", 12]])
    assert body(content) == "City | 2023 | 2024\nLyon |  | 17\nGraz | 12 |"
    assert read(content).tables[0].header == "City | 2023 | 2024"


@given(st.lists(st.lists(st.none() | st.sampled_from("abc"), min_size=3, max_size=3), min_size=1))
@settings(max_examples=60)
def test_what_is_in_a_column_stays_in_it(cells: list[list[str | None]]) -> None:
    content = xlsx(S=[["h1", "h2", "h3", "h4", "h5"], *[["x", *line, "y"] for line in cells]])
    lines = body(content).split("\n")[1:]
    read_cells = [[each.strip() for each in line.split("|")] for line in lines]
    assert read_cells == [["x", *(each or "" for each in line), "y"] for line in cells]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (cell("A1", 45443, 1), "2024-05-31"),
        (cell("A1", 45443.395833333336, 3), "2024-05-31 09:30:00"),
        (cell("A1", 0.25, 2), "25%"),
        (cell("A1", 1.0625, 4), "25:30:00"),
        (cell("A1", 12.5, 5), "12.50 days"),
        (cell("A1", 0.1), "0.1"),
        (cell("A1", 0.30000000000000004), "0.3"),
        (cell("A1", 13.0), "13"),
        ('<c r="A1"><v>4006381333931</v></c>', "4006381333931"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="A1" t="str"><f>A2</f><v>sum</v></c>', "sum"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A1" t="d"><v>2024-05-31T00:00:00</v></c>', "2024-05-31"),
        ('<c r="A1" t="inlineStr"><is><r><t>bo</t></r><r><t>ld</t></r></is></c>', "bold"),
        ("<c><v>7</v></c>", "7"),
    ],
)
def test_a_cell_is_read_as_it_is_meant(xml: str, text: str) -> None:
    assert body(sheet(row(1, xml))) == text


def test_dates_that_count_from_1904() -> None:
    main = (
        f'<workbook {SPACES}><workbookPr date1904="1"/><sheets><sheet name="S" r:id="r1"/></sheets>'
        "</workbook>"
    )
    content = xlsx(
        {"xl/workbook.xml": main}, S=f"<sheetData>{row(1, cell('A1', 43981, 1))}</sheetData>"
    )
    assert body(content) == "2024-05-31"


def test_shared_strings_without_their_pronunciation() -> None:
    strings = "<sst><si><t>a</t></si><si><t>東京</t><rPh><t>とうきょう</t></rPh></si></sst>"
    cells = '<c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>9</v></c>'
    content = xlsx({"xl/sharedStrings.xml": strings}, S=f"<sheetData>{row(1, cells)}</sheetData>")
    assert body(content) == "東京"


def test_a_title_and_notes_around_a_table_are_lines() -> None:
    content = xlsx(S=[["Sales 2024"], ["Shop", "Total"], ["Oslo", 12], [], ["Source: survey"]])
    assert body(content) == "Sales 2024\n\nShop | Total\nOslo | 12\n\nSource: survey"
    assert read(content).tables[0].header == "Shop | Total"


def test_a_row_of_numbers_is_no_header() -> None:
    assert [t.header for t in read(xlsx(S=[["Oslo", 12], ["Riga", 7]])).tables] == [""]


def test_columns_that_a_table_leaves_empty_are_left_out() -> None:
    cells = (cell("A1", "a"), cell("XFD1", "b")), (cell("A2", 1), cell("XFD2", 2))
    assert body(sheet(row(1, *cells[0]), row(2, *cells[1]))) == "a | b\n1 | 2"


def test_merged_cells_repeat_their_text_but_a_title_does_not() -> None:
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in ("A1:D1", "A3:A4", "C2:D2"))
    content = sheet(
        row(1, cell("A1", "Title")),
        row(2, cell("A2", "Region"), cell("B2", "Year"), cell("C2", "Sales")),
        row(3, cell("A3", "North"), cell("B3", 2023), cell("C3", 1), cell("D3", 2)),
        row(4, cell("B4", 2024), cell("C4", 3), cell("D4", 4)),
        after=f"<mergeCells>{merges}</mergeCells>",
    )
    assert body(content) == (
        "Title\n\nRegion | Year | Sales | Sales\nNorth | 2023 | 1 | 2\nNorth | 2024 | 3 | 4"
    )


def test_hidden_sheets_rows_and_columns_are_left_out_and_counted() -> None:
    hidden = '<cols><col min="2" max="2" hidden="1"/></cols>'
    secret = row(2, cell("A2", "secret"), attributes='hidden="1"')
    shown = row(1, cell("A1", "a"), cell("B1", "b"), cell("C1", "c"))
    document = read(xlsx(S=f"{hidden}<sheetData>{shown}{secret}</sheetData>", hidden_T=[["x"]]))
    assert document.text == "# S\n\na | c"
    assert document.warnings == (
        "Not read: hidden columns (1).",
        "Not read: hidden rows (1).",
        "Not read: hidden sheets (1).",
    )


@pytest.mark.parametrize(
    ("attributes", "after"),
    [
        ('hidden="1"', "<autoFilter><filterColumn/></autoFilter>"),
        ('hidden="1" outlineLevel="1"', ""),
    ],
)
def test_rows_that_a_filter_or_an_outline_hides_are_read(attributes: str, after: str) -> None:
    content = sheet(
        row(1, cell("A1", "a")), row(2, cell("A2", "b"), attributes=attributes), after=after
    )
    assert body(content) == "a\nb"
    assert read(content).warnings == ()


def test_formulas_without_a_saved_value_are_counted() -> None:
    content = sheet(row(1, cell("A1", "a"), '<c r="B1"><f>A1</f></c>', '<c r="C1"><f>A1</f></c>'))
    assert read(content).warnings == ("Not read: formulas without a saved value (2).",)


def test_text_boxes_and_charts_titles_follow_the_cells() -> None:
    def anchor(xml: str) -> str:
        return f"<xdr:oneCellAnchor>{xml}</xdr:oneCellAnchor>"

    def text(words: str) -> str:
        return f"<a:p><a:r><a:t>{words}</a:t></a:r></a:p>"

    box = f"<xdr:sp><xdr:nvSpPr/><xdr:txBody>{text('A note')}</xdr:txBody></xdr:sp>"
    chart = '<xdr:graphicFrame><a:graphic><c:chart r:id="r1"/></a:graphic></xdr:graphicFrame>'
    picture = '<xdr:pic><xdr:nvPicPr><xdr:cNvPr descr="Map of Oslo"/></xdr:nvPicPr></xdr:pic>'
    drawing = "".join(map(anchor, (box, chart, picture, "<xdr:pic/>")))
    title = f"<c:title>{text('Sales')}</c:title>"
    entries = {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(r1="drawing ../drawings/d.xml"),
        "xl/drawings/d.xml": f"<xdr:wsDr {SPACES}>{drawing}</xdr:wsDr>",
        "xl/drawings/_rels/d.xml.rels": relationships(r1="chart ../charts/c.xml"),
        "xl/charts/c.xml": f"<c:chartSpace {SPACES}><c:chart>{title}</c:chart></c:chartSpace>",
    }
    document = read(xlsx(entries, S=[["a"]]))
    assert document.text == "# S\n\na\n\nA note\n\nSales\n\nMap of Oslo"
    assert document.warnings == ("Not read: pictures without a description (1).",)


def test_comments_are_counted() -> None:
    entries = {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(r1="comments ../comments1.xml"),
        "xl/comments1.xml": "<comments><commentList><comment/><comment/></commentList></comments>",
    }
    assert read(xlsx(entries, S=[["a"]])).warnings == ("Not read: comments (2).",)


def test_a_workbook_with_macros_is_read() -> None:
    assert read(xlsx(S=[["a"]]), "a.xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12").text


def test_an_empty_workbook_has_no_text() -> None:
    assert rejected(xlsx(Sheet1=[])) == "invalid_file: The file has no text."


def test_a_cell_in_the_last_corner_takes_no_memory_for_those_before_it() -> None:
    content = sheet(row(1, cell("A1", "a")), row(1_048_576, cell("XFD1048576", "z")))
    assert body(content) == "a\n\nz"


def test_merged_cells_over_the_whole_sheet_are_bounded() -> None:
    merges = '<mergeCell ref="A1:XFD1048576"/>' * 1_000
    content = sheet(
        *(row(n, cell(f"A{n}", "a"), cell(f"C{n}", "b")) for n in range(1, 400)),
        after=f"<mergeCells>{merges}</mergeCells>",
    )
    assert body(content).startswith("a | b\n")


def test_a_string_that_is_used_a_million_times_is_refused() -> None:
    cells = '<c t="s"><v>0</v></c>' * 20_000
    data = "".join(f'<row r="{n}">{cells}</row>' for n in range(1, 4))
    entries = {"xl/sharedStrings.xml": f"<sst><si><t>{'x' * 300}</t></si></sst>"}
    assert rejected(xlsx(entries, S=f"<sheetData>{data}</sheetData>")) == (
        "invalid_file: A sheet's text is longer than 10,000,000 characters, the limit of one "
        "document; split the workbook into several files."
    )


def test_a_damaged_sheet_is_refused() -> None:
    assert rejected(xlsx(S="<sheetData><row>")) == (
        "invalid_file: The Excel file is damaged: its XML is not well-formed. Save it again."
    )


def test_many_sheets_are_refused() -> None:
    sheets = {f"S{number}": "" for number in range(1_001)}
    assert rejected(xlsx(None, **sheets)) == (
        "invalid_file: The Excel file has 1,001 sheets; the limit is 1,000. Split it."
    )


def test_rows_are_written_in_order_whatever_their_numbers_say() -> None:
    assert body(sheet(row(5, cell("A5", "a")), row(2, cell("A2", "b")))) == "a\nb"
    assert rows([["x"]]).startswith("<sheetData>")


def test_an_empty_row_below_the_names_does_not_move_the_columns() -> None:
    sheet = rows([["Name", "2023", None, "2024"], [], ["Ana", None, None, 17]])
    assert read(xlsx(A=sheet)).text.endswith("Name | 2023 | 2024\nAna |  | 17")


NAMES = ["Name", 2023, None, 2024]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([NAMES, [], ["Ana", None, None, 17]], "Name | 2023 | 2024\nAna |  | 17"),
        (
            [NAMES, ["Bo", 1, None, 2], [], ["Ana", None, None, 17], ["Cy", None, None, 3]],
            "Name | 2023 | 2024\nBo | 1 | 2\n\nAna |  | 17\nCy |  | 3",
        ),
        (
            [["Sales"], NAMES, [], [], ["Ana", None, None, 17], [], [None, None, None, 20]],
            "Sales\n\nName | 2023 | 2024\n\nAna |  | 17\n|  | 20",
        ),
        (
            [NAMES, ["Bo", 1, None, 2], [], ["Note"], [], ["Ana", None, None, 17]],
            "Name | 2023 | 2024\nBo | 1 | 2\n\nNote\n\nAna |  | 17",
        ),
        (
            [NAMES, ["Bo", 1, None, 2], [], ["City", None, None, "Shops"], ["Oslo", None, None, 3]],
            "Name | 2023 | 2024\nBo | 1 | 2\n\nCity | Shops\nOslo | 3",
        ),
    ],
)
def test_rows_below_an_empty_row_stay_under_the_names(values: list[list[Value]], text: str) -> None:
    assert body(xlsx(S=values)) == text


def test_raised_digits_do_not_fuse_with_others() -> None:
    raised = '<r><rPr><vertAlign val="superscript"/></rPr><t>6</t></r>'
    string = f"<is><r><t>10</t></r>{raised}</is>"
    sheet = f'<sheetData>{row(1, f"""<c r="A1" t="inlineStr">{string}</c>""")}</sheetData>'
    assert read(xlsx(A=sheet)).text.endswith("10⁶")

"""Text inside a paragraph: symbols, scripts, ruby, fields, hidden text, tracked changes."""

from __future__ import annotations

import pytest

from tests.handler.documents.docx.word_files import cell, document, p, r, style, styled, table
from tests.handler.documents.samples import read

RAISED = '<w:vertAlign w:val="superscript"/>'
LOWERED = '<w:vertAlign w:val="subscript"/>'
HIDDEN = "<w:vanish/>"


def text(*runs: str, **parts: str) -> str:
    return read(document(f"<w:p>{''.join(runs)}</w:p>", **parts)).text


def sym(code: str, font: str = "Symbol") -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def mark(kind: str, inner: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inner}</w:fldChar></w:r>'


def field(code: str, result: str = "", inner: str = "") -> str:
    instruction = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    shown = r(result) if result else ""
    return mark("begin", inner) + instruction + mark("separate") + shown + mark("end")


# --- symbols


def test_symbols_are_characters() -> None:
    runs = (r("Angle "), sym("F061"), r(" and 20"), sym("F0B0"), r("C"))
    assert text(*runs) == "Angle α and 20°C"


@pytest.mark.parametrize(
    ("code", "font", "character"),
    [
        ("F0B3", "Symbol", "≥"),
        ("61", "Symbol", "α"),
        ("F0FC", "Wingdings", "✓"),
        ("F0A8", "Wingdings", "☐"),
        ("F0E0", "Wingdings", "→"),
        ("F052", "Wingdings 2", "☑"),
        ("F070", "Wingdings 3", "▲"),
        ("F04E", "Webdings", "👁"),
        ("2713", "Segoe UI Symbol", "✓"),
        ("F0B7", "Unheard-of", "•"),
    ],
)
def test_each_symbol_font_is_known(code: str, font: str, character: str) -> None:
    assert text(r("a"), sym(code, font)) == f"a{character}"


@pytest.mark.parametrize("code", ["", "x", "FFFFFFFF", "F019", "-1"])
def test_a_code_that_is_no_character_does_no_harm(code: str) -> None:
    assert text(r("a"), sym(code), r("b")) == "ab"


def test_text_in_a_symbol_font_is_translated() -> None:
    symbol = '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'
    assert text(r("an ", ""), r("a", symbol), r("\uf062", symbol)) == "an αβ"
    assert text(r("90\uf0b0")) == "90°"
    styles = style("s", run='<w:rFonts w:ascii="Wingdings"/>')
    assert read(document(p("\uf0fc", styled("s")) + p("x"), styles=styles)).text == "✓\n\nx"


def test_private_characters_that_no_symbol_font_has_stay() -> None:
    assert text(r("a\ue123\uf019\uf8ffb")) == "a\ue123\uf019\uf8ffb"
    icons = '<w:rFonts w:ascii="FontAwesome"/>'
    assert text(r("\uf0e0 mail", icons)) == "\uf0e0 mail"


def test_characters_that_a_symbol_font_lacks_stay() -> None:
    symbol = '<w:rFonts w:ascii="Symbol"/>'
    assert text(r("a ✓ 中 b", symbol)) == "α ✓ 中 β"


# --- raised and lowered text


@pytest.mark.parametrize(
    ("before", "position", "script", "shown"),
    [
        ("10", RAISED, "6", "10⁶"),
        ("2", RAISED, "−10", "2⁻¹⁰"),
        ("H", LOWERED, "2", "H₂"),
        ("x", RAISED, "n", "xⁿ"),
        ("x", RAISED, "ab", "x^ab"),
        ("v", LOWERED, "max", "v_max"),
        ("21", RAISED, "st", "21st"),
        ("M", RAISED, "me", "Mme"),
        ("Word", RAISED, "TM", "WordTM"),
        ("text ", RAISED, "a remark", "text a remark"),
    ],
)
def test_scripts_do_not_fuse(before: str, position: str, script: str, shown: str) -> None:
    assert text(r(before), r(script, position), r(" end")) == f"{shown} end"


def test_a_script_of_several_runs_is_one() -> None:
    assert text(r("10"), r("-", RAISED), r("6", RAISED), r("m")) == "10⁻⁶m"
    assert text(r("C"), r("2", LOWERED), r("H"), r("6", LOWERED), r("O")) == "C₂H₆O"


# --- ruby


def test_a_reading_aid_follows_its_word_in_brackets() -> None:
    ruby = (
        "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    assert text(ruby, r("に行く")) == "東京(とうきょう)に行く"


# --- hidden text


def test_hidden_text_is_left_out_and_told() -> None:
    found = read(document(f"<w:p>{r('Shown. ')}{r('SECRET', HIDDEN)}</w:p>"))
    assert (found.text, found.warnings) == ("Shown.", ("1 piece of hidden text was left out.",))


def test_text_that_a_style_hides_is_hidden() -> None:
    styles = (
        style("base", run=HIDDEN)
        + style("p", based_on="base")
        + style("again", based_on="base", run='<w:vanish w:val="0"/>')
        + '<w:style w:type="character" w:styleId="c"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    body = (
        p("hidden", styled("p"))
        + p("shown", styled("again"))
        + p("hidden", run='<w:rStyle w:val="c"/>')
        + p("shown", styled("p"), '<w:vanish w:val="false"/>')
    )
    found = read(document(body, styles=styles))
    assert found.text == "shown\n\nshown"
    assert found.warnings == ("2 pieces of hidden text were left out.",)


# --- fields


def test_codes_are_left_out_and_results_read() -> None:
    assert text(r("On "), field(" DATE ", "1 May"), r(".")) == "On 1 May."
    nested = (
        mark("begin")
        + "<w:r><w:instrText>IF </w:instrText></w:r>"
        + field("MERGEFIELD name", "code")
        + mark("separate")
        + r("result")
        + mark("end")
    )
    assert text(nested) == "result"
    assert text('<w:fldSimple w:instr="AUTHOR">' + r("Ana") + "</w:fldSimple>") == "Ana"


def test_a_page_number_in_the_body_is_read() -> None:
    assert text(r("See page "), field("PAGE", "3")) == "See page 3"


def test_a_field_without_an_end_hides_only_its_paragraph() -> None:
    body = f"<w:p>{r('a')}{mark('begin')}{r('b')}</w:p>{p('c')}"
    assert read(document(body)).text == "a\n\nc"
    assert text(mark("end") * 3 + mark("separate") + r("a")) == "a"
    assert text(mark("begin") * 5_000 + mark("end") * 5_000 + r("a")) == "a"


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        ("<w:checkBox><w:checked/></w:checkBox>", "☒"),
        ('<w:checkBox><w:default w:val="1"/></w:checkBox>', "☒"),
        ('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>', "☐"),
        ("<w:checkBox/>", "☐"),
        (
            '<w:ddList><w:result w:val="1"/><w:listEntry w:val="No"/>'
            '<w:listEntry w:val="Yes"/></w:ddList>',
            "Yes",
        ),
        ('<w:ddList><w:listEntry w:val="No"/></w:ddList>', "No"),
        ('<w:ddList><w:result w:val="99"/><w:listEntry w:val="No"/></w:ddList>', ""),
    ],
)
def test_form_fields_show_their_values(inner: str, shown: str) -> None:
    form = field("FORM", "", f"<w:ffData>{inner}</w:ffData>")
    assert text(r("Paid: "), form) == f"Paid: {shown}".strip()


def test_a_symbol_field_is_a_character() -> None:
    assert text(r("a"), field(' SYMBOL 97 \\f "Symbol" \\s 12 ')) == "aα"
    assert text(r("a"), field(" SYMBOL 0x2713 ")) == "a✓"


def test_content_controls_show_their_values() -> None:
    control = (
        "<w:sdt><w:sdtPr><w:alias w:val='Name'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    )
    assert text(r("Name: "), control.format(r("Greta Holm"))) == "Name: Greta Holm"
    assert text(control.format(r("☒")), r(" paid")) == "☒ paid"


# --- tracked changes


def test_what_was_deleted_or_moved_away_is_left_out_and_told() -> None:
    body = (
        f"<w:p>{r('a')}<w:del>{r('b')}</w:del><w:ins>{r('c')}</w:ins>"
        f"<w:moveFrom>{r('d')}</w:moveFrom><w:moveTo>{r('e')}</w:moveTo></w:p>"
    )
    found = read(document(body))
    assert found.text == "ace"
    assert found.warnings == ("2 deletions by tracked changes were left out; insertions are read.",)


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    deleted = "<w:rPr><w:del/></w:rPr>"
    assert read(document(p("One", deleted) + p("two.") + p("Three."))).text == "One two.\n\nThree."
    assert read(document(p("One", deleted))).text == "One"


# --- drop caps


def test_a_drop_cap_joins_its_word() -> None:
    cap = '<w:framePr w:dropCap="drop" w:lines="3"/>'
    assert read(document(p("W", cap) + p("inter came early."))).text == "Winter came early."
    assert read(document(p("A", cap) + p(" long winter."))).text == "A long winter."
    assert read(document(p("Frame", '<w:framePr w:w="5"/>') + p("x"))).text == "Frame\n\nx"
    assert read(document(p("x") + p("W", cap))).text == "x\n\nW"


@pytest.mark.parametrize(
    ("before", "raised", "by", "wanted"),
    [
        ("10", "6", 8, "10⁶"),
        ("10", "−6", 8, "10⁻⁶"),
        ("H", "2", -6, "H₂"),
        ("10", "6m", 8, "10^6m"),
        ("10", "6", 1, "106"),
        ("no. ", "6", 8, "no. 6"),
        ("A", "word", 8, "Aword"),
    ],
)
def test_a_number_that_is_set_higher_is_a_script(
    before: str, raised: str, by: int, wanted: str
) -> None:
    assert text(r(before), r(raised, f'<w:position w:val="{by}"/>')) == wanted


def test_the_hint_in_an_empty_content_control_is_left_out() -> None:
    hint = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    assert text(r("Name: "), hint.format(r("Click here")), r("!")) == "Name: !"
    cells = f"<w:tr>{cell('a')}{hint.format(cell('Click here'))}{cell('b')}</w:tr>"
    body = hint.format(p("Click here")) + p("x") + table(cells)
    found = read(document(body))
    assert found.text == "x\n\na |  | b"
    assert found.warnings == ("2 hints in content controls that were not filled in were left out.",)
    filled = hint.replace("<w:showingPlcHdr/>", '<w:showingPlcHdr w:val="0"/>')
    assert text(filled.format(r("Ana"))) == "Ana"

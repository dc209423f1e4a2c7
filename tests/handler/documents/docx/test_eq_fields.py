"""EQ fields are read as a line of text, or said not to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.documents.docx.eq_fields import equation
from tests.handler.documents.docx.word_files import document, p, r
from tests.handler.documents.samples import read


def field(code: str) -> str:
    """A field without a result, as Word writes equations."""
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"{begin}<w:r><w:instrText>{code}</w:instrText></w:r>{end}"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (r" EQ \f(1,2) ", "1/2"),
        (r"eq \f(1;2)", "1/2"),
        (r"EQ \f(1,5;2)", "1,5/2"),
        (r"EQ \f(a+b,2c)", "(a+b)/(2c)"),
        (r"EQ 1\f(1,2)", "1 1/2"),
        (r"EQ \f(1,2)x", "1/2 x"),
        (r"EQ \r(3,x)", "∛x"),
        (r"EQ \r(x+1)", "√(x+1)"),
        (r"EQ x = \f(\r(2),f(y))", "x = √2/(f(y))"),
        (r"EQ x\s\up8(2)", "x²"),
        (r"EQ H\s\do 4(2)O", "H₂O"),
        (r"EQ \i\su(i=1,n,i)", "∑_(i=1)^n i"),
        (r"EQ \b\bc\[(a,b)", "[a, b]"),
        (r"EQ \b\lc\{(x)", "{x"),
        (r"EQ \b(\a\co2(1,2,3,4))", "(1 2; 3 4)"),
        (r"EQ \x(a\,b\))", "a,b)"),
        (r'EQ \* jc2 \* "Font:MS Mincho" \* hps10 \o\ad(\s\up 9(とう),東京)', "東京(とう)"),
    ],
)
def test_equations_are_read(code: str, text: str) -> None:
    assert equation(code) == text


@pytest.mark.parametrize("code", [r"\f(1,)", r"\f(1)", r"\q(1)", r"\f(1,2", r"\i(1)", "", "\\"])
def test_what_is_no_equation_of_a_known_kind_is_not_read(code: str) -> None:
    assert equation(f"EQ {code}") is None


@pytest.mark.parametrize(
    "code", [r"\x(" * 5_000, r"\b(" * 600 + ")" * 600, "(" * 1_900, "x" * 3_000]
)
def test_bombs_do_no_harm(code: str) -> None:
    assert equation(f"EQ {code}") in (None, code)


@given(st.text(r"\frsaboxdi(),;12 ", max_size=60))
def test_no_code_is_an_error(code: str) -> None:
    assert equation(f"EQ {code}") != ""


def test_an_equation_stands_in_its_sentence() -> None:
    half = field(r" EQ \f(1,2) ")
    runs = f"{r('Take 2')}{half}{r('5 times')}"
    simple = r'<w:fldSimple w:instr="EQ \f(1,2)"/>'
    body = f"<w:p>{runs}</w:p><w:p>{r('Or 2')}{simple}</w:p>"
    assert read(document(body)).text == "Take 2 1/2 5 times\n\nOr 2 1/2"


def test_an_equation_that_is_not_read_is_reported() -> None:
    unknown = field(r"EQ \q(1)")
    found = read(document(f"{p('x')}<w:p>{unknown}</w:p>"))
    assert found.text == "x"
    assert found.warnings == ("1 EQ field (an equation that Word draws from a code) was not read.",)

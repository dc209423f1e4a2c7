"""Equations are read as a line of text, in their sentence."""

from __future__ import annotations

import pytest

from tests.handler.documents.docx.word_files import document, p, r
from tests.handler.documents.samples import read


def t(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def e(text: str, tag: str = "e") -> str:
    return f"<m:{tag}>{text if text.startswith('<') else t(text)}</m:{tag}>"


def of(tag: str, *parts: str, **properties: str) -> str:
    said = "".join(f'<m:{key} m:val="{value}"/>' for key, value in properties.items())
    return f"<m:{tag}><m:{tag}Pr>{said}</m:{tag}Pr>{''.join(parts)}</m:{tag}>"


def fraction(over: str, under: str, **properties: str) -> str:
    return of("f", e(over, "num"), e(under, "den"), **properties)


def power(base: str, exponent: str) -> str:
    return of("sSup", e(base), e(exponent, "sup"))


ROWS = f"<m:mr>{e('a')}{e('b')}</m:mr><m:mr>{e('c')}{e('d')}</m:mr>"
EQUATIONS = [
    (t("A=π") + power("r", "2"), "A=πr²"),
    (t("A=") + t("πr²"), "A=πr²"),
    (fraction("a", "b"), "a/b"),
    (fraction("a+b", "2"), "(a+b)/2"),
    (fraction("1", "2a"), "1/(2a)"),
    (fraction("dy", "dx") + t("z"), "dy/dx z"),
    (t("1") + fraction("1", "2"), "1 1/2"),
    (power(fraction("1", "2"), "3"), "(1/2)³"),
    (of("rad", e("x"), degHide="1"), "√x"),
    (of("rad", e("3", "deg"), e("x+1")), "∛(x+1)"),
    (of("rad", e("n", "deg"), e("x")), "ⁿ√x"),
    (power("e", "-x") + t("y"), "e^(-x)y"),
    (power("x", "k") + t("y"), "x^k y"),
    (power("10", "−6"), "10⁻⁶"),
    (power("45", "∘"), "45°"),
    (of("sSub", e("a"), e("12", "sub")), "a₁₂"),
    (of("sSub", e("a"), e("i,j", "sub")), "a_(i,j)"),
    (of("sSubSup", e("x"), e("1", "sub"), e("2", "sup")), "x₁²"),
    (of("sPre", e("2", "sub"), e("4", "sup"), e("He")), "₂⁴He"),
    (of("nary", e("i=1", "sub"), e("n", "sup"), e("i"), chr="∑"), "∑_(i=1)^n i"),
    (of("nary", e("", "sub"), e("", "sup"), e("xdx")), "∫ xdx"),
    (of("d", e("x")), "(x)"),
    (of("d", e("x"), e("y"), begChr="[", endChr="]", sepChr=";"), "[x;y]"),
    (of("d", e(of("m", ROWS))), "(a b; c d)"),
    (of("d", e(of("eqArr", e("x"), e("y"))), begChr="{", endChr=""), "{x; y"),
    (of("func", e("sin", "fName"), e("x")), "sin x"),
    (of("func", e("log", "fName"), e(of("d", e("x")))), "log(x)"),
    (of("limLow", e("lim"), e("x→0", "lim")) + t("f"), "lim_(x→0)f"),
    (of("acc", e("x"), chr="⃗"), "x⃗"),
    (of("acc", e("x")), "x̂"),
    (of("bar", e("x"), pos="top"), "x̅"),
    (of("groupChr", e("a+b")), "a+b"),
    (of("box", e("a")), "a"),
    (of("phant", e("a"), show="0") + t("b"), "b"),
    (of("d", e(fraction("n", "k", type="noBar"))), "(n ¦ k)"),
    (t("sin\u2061θ"), "sin θ"),
    (f"<w:ins>{t('a')}</w:ins><w:del>{t('b')}</w:del>", "a"),
]


@pytest.mark.parametrize(("math", "line"), EQUATIONS, ids=[line for _, line in EQUATIONS])
def test_an_equation_is_a_line_of_text(math: str, line: str) -> None:
    body = f"<w:p>{r('Here ')}<m:oMath>{math}</m:oMath>{r(' it is.')}</w:p>"
    assert read(document(body)).text == f"Here {line} it is."


def test_equations_between_paragraphs_have_their_lines() -> None:
    math = f"<m:oMath>{t('a=b')}</m:oMath>"
    body = p("One.") + f"<w:p><m:oMathPara>{math}</m:oMathPara></w:p>" + p("Two.")
    assert read(document(body)).text == "One.\n\na=b\n\nTwo."
    assert read(document(p("One.") + math + p("Two."))).text == "One.\n\na=b\n\nTwo."


def test_equations_of_the_old_editor_are_told() -> None:
    body = (
        f'<w:p>{r("See")}<w:r><w:object><o:OLEObject ProgID="Equation.3"/></w:object></w:r></w:p>'
    )
    assert read(document(body)).warnings == (
        "1 equation of Word's old equation editor was not read.",
    )


def test_a_fraction_after_a_number_stands_apart() -> None:
    math = f"<m:oMath>{fraction('3', '4')}</m:oMath>"
    assert read(document(f"<w:p>{r('2')}{math}{r(' cups')}</w:p>"), "a.docx").text == "2 3/4 cups"


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("", "5 cups", "3/4 5 cups"),
        ("2", " cups", "2 3/4 cups"),
        ("", "cups", "3/4 cups"),
        ("", ", 5", "3/4, 5"),
    ],
)
def test_a_formula_is_apart_from_the_number_beside_it(before: str, after: str, wanted: str) -> None:
    math = f"<m:oMath>{fraction('3', '4')}</m:oMath>"
    runs = f"{r(before) if before else ''}{math}{r(after)}"
    assert read(document(f"<w:p>{runs}</w:p>")).text == wanted


def test_formulas_beside_each_other_are_apart() -> None:
    math = f"<m:oMath>{fraction('3', '4')}</m:oMath><m:oMath>{fraction('1', '2')}</m:oMath>"
    assert read(document(f"<w:p>{math}</w:p>")).text == "3/4 1/2"


def test_a_line_break_in_an_equation_separates() -> None:
    run = "<m:r><m:t>x=400</m:t><w:br/><m:t>5=y</m:t></m:r>"
    assert read(document(f"<w:p><m:oMath>{run}</m:oMath></w:p>")).text == "x=400 5=y"

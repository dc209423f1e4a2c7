"""MathML is written on one line."""

from __future__ import annotations

import pytest

from tests.handler.documents.html.samples import text


@pytest.mark.parametrize(
    ("mathml", "expected"),
    [
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>", "(a+b)/c"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x+1)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "³√x"),
        ("<msub><mi>x</mi><mn>1</mn></msub>", "x₁"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x_(i)²"),
        (
            "<munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi>"
            "</munderover><mi>k</mi>",
            "∑_(k=1)ⁿk",
        ),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x¯"),
        ("<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi>", "sin x"),
        ("<mn>2</mn><mi>sin</mi><mi>x</mi><mi>y</mi>", "2 sin xy"),
        ("<mtext>if </mtext><mi>x</mi><mo>&lt;</mo><mn>0</mn>", "if x<0"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a,b)"),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr>"
            "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable>",
            "1 2; 3 4",
        ),
        ("<mn>1</mn><mfrac><mn>1</mn><mn>2</mn></mfrac>", "1 1/2"),
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac><mn>3</mn>", "1/2 3"),
        ("<msup><mfrac><mn>1</mn><mn>2</mn></mfrac><mn>3</mn></msup>", "(1/2)³"),
        ('<mo>(</mo><mfrac linethickness="0"><mi>n</mi><mi>k</mi></mfrac><mo>)</mo>', "(n ¦ k)"),
        ("<mfrac><mn>1</mn></mfrac>", "1"),  # malformed
    ],
)
def test_mathml_is_written_on_one_line(mathml: str, expected: str) -> None:
    assert text(f"<math>\n  {mathml}\n</math>") == expected


def test_a_formula_that_is_nested_very_deeply_is_its_characters() -> None:
    assert text(f"<math>{'<msup><mi>x</mi>' * 2_000}<mn>1</mn>").count("x") == 2_000


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("<mi>C</mi><mn>6</mn><none/><mprescripts/><mn>6</mn><mn>14</mn>", "¹⁴₆C₆"),
        ("\n<mi>U</mi> <mprescripts/> <mn>92</mn> <mn>235</mn>", "²³⁵₉₂U"),
        ("<mi>x</mi><mn>1</mn><mn>2</mn>", "x₁²"),
        ("<mi>x</mi><mn>1</mn>", "x₁"),
        ("<mi>X</mi><mprescripts/><mi>Z</mi><mi>A</mi>", "^(A)_(Z)X"),
        ("<mi>x</mi><none/><mn>2</mn>", "x²"),
        ("", ""),
    ],
)
def test_scripts_on_all_sides_stay_scripts(inner: str, wanted: str) -> None:
    html = f"<p>a <math><mmultiscripts>{inner}</mmultiscripts></math> b"
    assert text(html) == f"a {wanted} b".replace("  ", " ")


def test_a_number_before_a_script_is_not_its_base() -> None:
    carbon = "<mmultiscripts><mi>C</mi><mprescripts/><none/><mn>14</mn></mmultiscripts>"
    assert text(f"<math><mn>2</mn>{carbon}</math>") == "2 ¹⁴C"

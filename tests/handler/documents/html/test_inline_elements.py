"""Scripts, readings, pictures, fields and formulas become text in their line."""

from __future__ import annotations

import pytest

from tests.handler.documents.html.samples import text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("10<sup>6</sup> cells, 2<sup>10</sup> bytes", "10⁶ cells, 2¹⁰ bytes"),
        ("H<sub>2</sub>O, 5 m<sup> 2 </sup>, 10<sup>-3</sup>", "H₂O, 5 m², 10⁻³"),
        ("x<sup>k+1</sup>, v<sub>max</sub>", "x^(k+1), v_(max)"),
        ("Na<sup>+</sup>, Ca<sup>2+</sup>", "Na⁺, Ca²⁺"),
        ("so<sup>[1]</sup> and<sup><a href=#n>2</a></sup> or<sup>*</sup>", "so[1] and² or*"),
        ("the 1<sup>st</sup> and 22<sup>nd</sup>, XX<sup>e</sup>", "the 1st and 22nd, XXe"),
        ("M<sup>me</sup> Roux, n<sup>o</sup> 4", "Mme Roux, no 4"),
        ("Acme<sup>TM</sup> Bolts<sup>®</sup>", "Acme™ Bolts®"),
        ("e<sup>x<sup>2</sup></sup>", "e^(x²)"),
        ("a<sup></sup>b <sup>1</sup> Note", "ab ¹ Note"),
        ("10<span style='vertical-align: super'>6</span>", "10⁶"),
        ("Offer<sup>as long as there are some left</sup>", "Offer as long as there are some left"),
    ],
)
def test_scripts_are_told_from_what_they_are_written_at(html: str, expected: str) -> None:
    assert text(f"<p>{html}") == expected


def test_scripts_keep_their_form_in_headings_cells_and_code() -> None:
    assert text("<h2>10<sup>6</sup></h2><pre>x<sup>2</sup></pre>") == "## 10⁶\n\n```\nx²\n```"
    assert text("<table><tr><td>m<sup>2</sup><td>s<tr><td>1<td>2</table>") == "m² | s\n1 | 2"


def test_a_reading_follows_its_characters_in_brackets() -> None:
    assert text("<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>に行く") == (
        "東京(とうきょう)に行く"
    )
    assert text("<p><ruby>漢<rt>kan</rt>字<rt>ji</rt></ruby>") == "漢(kan)字(ji)"


def test_a_button_is_a_word_in_its_sentence() -> None:
    assert text("<p>Press <button>Save</button>, then leave.") == "Press Save, then leave."
    assert text("<p><button>Save</button><button>Undo</button>(<button>Go</button>)") == (
        "Save Undo(Go)"
    )


def test_the_values_of_a_form_are_read() -> None:
    assert (
        text(
            "<form><label>Name <input name=a value='Greta Holm'></label><br><label>City</label>"
            "<select><option>Oslo<option selected>Riga</select><br>"
            "<textarea>\nCall after\nnoon.</textarea><br>"
            "<label><input type=checkbox checked> Tea</label> <input type=radio> Milk<br>"
            "<input type=submit value='Send it'></form>"
        )
        == "Name Greta Holm\nCity Riga\nCall after noon.\n[x] Tea [ ] Milk\nSend it"
    )


@pytest.mark.parametrize(
    "field",
    [
        "<input type=hidden value=secret>", "<input type=PASSWORD value=secret>",
        "<input type=file value=secret>", "<input placeholder=secret>", "<input>",
        "<select multiple><option>secret</select>", "<input value=secret hidden>",
        "<datalist><option>secret</datalist>",
    ],
)  # fmt: skip
def test_what_a_field_does_not_show_is_not_read(field: str) -> None:
    assert text(f"<p>a {field} b") == "a b"


def test_a_choice_shows_its_first_option_unless_one_is_chosen() -> None:
    assert text("<select><option>a<option>b</select>") == "a"
    assert text(
        "<select multiple><option>a<option selected>b<option selected label=c>d</select>"
    ) == ("b, c")


KATEX = (
    "<span class=katex><span class=katex-mathml><math><semantics>{}"
    "<annotation encoding='application/x-tex'>F=ma</annotation></semantics></math></span>"
    "<span class=katex-html aria-hidden=true><span>F=ma</span></span></span>"
)
WIKIPEDIA = (
    "<span class=mwe-math-element><span class=mwe-math-mathml-inline style='display: none;'>{}"
    "</span><img class=mwe-math-fallback-image-inline aria-hidden=true "
    "alt='{{\\displaystyle E=mc^{{2}}}}'></span>"
)
ENERGY = "<math><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (ENERGY, "E=mc²"),
        (KATEX.format(""), "F=ma"),
        (KATEX.format("<mrow><mi>F</mi><mo>=</mo><mi>m</mi><mi>a</mi></mrow>"), "F=ma"),
        ("<span class=katex><span class=katex-html aria-hidden=true>F=ma</span></span>", "F=ma"),
        (WIKIPEDIA.format(ENERGY), "E=mc²"),
        (WIKIPEDIA.format(""), "E=mc^{2}"),
        ("<img class=tex alt='{\\displaystyle a+b}'>", "a+b"),
        ("<math alttext='x+1'></math>", "x+1"),
        ("<script type='math/tex'>a^2</script>", "a^2"),
        (
            "<span class=MathJax><nobr aria-hidden=true>E=mc2</nobr>"
            f"<span class=MJX_Assistive_MathML>{ENERGY}</span></span>"
            "<script type='math/tex'>E=mc^2</script>",
            "E=mc²",
        ),
        (f"<mjx-container><b aria-hidden=true>x</b>{ENERGY}</mjx-container>", "E=mc²"),
    ],
)  # fmt: skip
def test_a_formula_is_read_once(html: str, expected: str) -> None:
    assert text(f"<p>So {html} holds.") == f"So {expected} holds."


def test_a_formula_is_a_word_of_its_own() -> None:
    assert text(f"<p>where{ENERGY}holds ({ENERGY}).") == "where E=mc² holds (E=mc²)."

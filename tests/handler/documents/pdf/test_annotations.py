"""What is typed into a form or onto a page is read where it stands; the rest is a warning."""

from __future__ import annotations

import pytest

from tests.handler.documents.pdf.samples import appearance, at, drawn, stream
from tests.handler.documents.samples import read

FORM = "/AcroForm << /Fields [{}] /DA (/F1 12 Tf 0 g) /DR << >> >>"


def field(value: str, x: float, y: float, *, look: int = 0, entries: str = "/FT /Tx") -> str:
    """A field of a form with its box at (x, y). look: the number of its appearance's object."""
    shown = f"/AP << /N {look} 0 R >>" if look else ""
    return (
        f"<< /Type /Annot /Subtype /Widget {entries} /T (f{x}{y}) /V ({value}) {shown} "
        f"/Rect [{x} {y - 5} {x + 200} {y + 15}] /DA (/F1 12 Tf 0 g) /F 4 >>"
    )


def form(content: str, *objects: str, fields: int) -> bytes:
    """A PDF with a form; the first `fields` of the objects are its fields."""
    names = [f"{10 + index} 0 R" for index in range(fields)]
    listed = FORM.format(" ".join(names))
    return drawn(content, annotations=names, objects=objects, catalog=listed)


LABELS = at(20, 700, "Name:") + at(300, 700, "Born:") + at(20, 670, "Town:") + at(20, 640, "Signed")


def test_the_values_of_a_form_stand_behind_their_labels() -> None:
    fields = [field("Oslo", 60, 670, look=13), field("1990", 340, 700, look=14)]
    fields.append(field("Greta Holm", 60, 700, look=15))
    looks = [appearance(text) for text in ("Oslo", "1990", "Greta Holm")]
    document = read(form(LABELS, *fields, *looks, fields=3))
    assert document.text == "Name: Greta Holm Born: 1990\nTown: Oslo\nSigned"
    assert document.warnings == ()


def test_values_that_no_appearance_shows_are_read_too() -> None:
    fields = [field("Oslo", 60, 670), field("1990", 340, 700), field("Greta Holm", 60, 700)]
    document = read(form(LABELS, *fields, fields=3))
    assert document.text == "Name: Greta Holm Born: 1990\nTown: Oslo\nSigned"


def test_the_letters_of_a_comb_are_one_word() -> None:
    comb = field("DE4711", 60, 700, look=11, entries="/FT /Tx /Ff 16777216 /MaxLen 6")
    document = read(form(at(20, 700, "VAT:"), comb, appearance("D E 4 7 1 1"), fields=1))
    assert document.text == "VAT: DE4711"


def test_a_password_is_not_read() -> None:
    hidden = field("swordfish", 60, 700, entries="/FT /Tx /Ff 8192")
    assert read(form(at(20, 700, "Password:"), hidden, fields=1)).text == "Password:"


def test_the_text_of_a_form_without_labels_is_text() -> None:
    assert read(form("", field("Greta", 60, 700, look=11), appearance("Greta"), fields=1)).text == (
        "Greta"
    )


@pytest.mark.parametrize("look", ["/AP << /N 11 0 R >>", ""])
def test_text_that_is_typed_onto_a_page_is_read(look: str) -> None:
    typed = (
        f"<< /Type /Annot /Subtype /FreeText /Contents (Typed on) /Rect [60 600 260 620] {look} >>"
    )
    objects = [typed, appearance("Typed on")]
    document = read(drawn(at(20, 700, "Body"), annotations=["10 0 R"], objects=objects))
    assert document.text == "Body\nTyped on"


def test_a_stamp_is_read() -> None:
    stamp = "<< /Type /Annot /Subtype /Stamp /Rect [60 600 260 620] /AP << /N 11 0 R >> >>"
    objects = [stamp, appearance("APPROVED")]
    document = read(drawn(at(20, 580, "Body"), annotations=["10 0 R"], objects=objects))
    assert document.text == "APPROVED\nBody"


def test_what_is_hidden_is_not_read() -> None:
    typed = "<< /Type /Annot /Subtype /FreeText /Contents (No) /Rect [60 600 260 620] /F 2 >>"
    assert read(drawn(at(20, 700, "Body"), annotations=["10 0 R"], objects=[typed])).text == "Body"


def test_reading_a_form_changes_nothing_else_on_the_page() -> None:
    content = "q 2 0 0 2 10 20 cm\n" + at(20, 300, "Scaled") + "Q\n" + at(20, 100, "Plain")
    plain = read(drawn(content)).text
    document = read(form(content, field("x", 60, 700, look=11), appearance("x"), fields=1))
    assert document.text == f"x\n{plain}"


def test_values_on_a_turned_page_are_placed() -> None:
    content = (
        "BT /F1 12 Tf 0 1 -1 0 100 60 Tm (Name:) Tj ET\nBT /F1 12 Tf 0 1 -1 0 120 60 Tm (End) Tj ET"
    )
    value = (
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (f) /V (Greta) /Rect [88 100 108 300] /F 4 "
        "/DA (/F1 12 Tf 0 g) /MK << /R 90 >> >>"
    )
    listed = FORM.format("10 0 R")
    turned = drawn(
        content, annotations=["10 0 R"], objects=[value], catalog=listed, page="/Rotate 90"
    )
    assert read(turned).text == "Name: Greta\nEnd"


def test_many_fields_are_read_in_time() -> None:
    places = [(5 + 200 * column, 780 - line) for line in range(400) for column in range(3)]
    fields = [field(f"v{index}", x, y) for index, (x, y) in enumerate(places)]
    text = read(form(LABELS, *fields, fields=len(fields))).text
    assert all(f"v{index}" in text for index in range(len(fields)))


CROSS = stream("0 0 m 9 9 l S", "/Type /XObject /Subtype /Form /BBox [0 0 12 12]")
LOOKS = "/AP << /N << /Yes 20 0 R /Off 21 0 R >> >>"


def box(y: float, entries: str) -> str:
    """A check box or a radio button left of the text on a line."""
    return f"<< /Type /Annot /Subtype /Widget {entries} /Rect [20 {y - 2} 32 {y + 10}] /F 4 >>"


@pytest.mark.parametrize("kind", ["/FT /Btn", "/FT /Btn /Ff 32768"])
@pytest.mark.parametrize("look", [LOOKS, ""])
def test_a_box_is_read_as_its_state(kind: str, look: str) -> None:
    boxes = [
        box(700, f"{kind} /T (a) /V /Yes /AS /Yes {look}"),
        box(680, f"{kind} /T (b) /V /Off /AS /Off {look}"),
        box(660, f"{kind} /T (c) {look}"),
        box(640, f"{kind} /T (d) /V /Yes {look}"),  # filled in by a program
    ]
    content = "".join(at(40, 700 - 20 * n, text) for n, text in enumerate(("Yes", "No", "?", "OK")))
    described = form(content, *boxes, *["<< >>"] * 6, CROSS, CROSS, fields=4)
    assert read(described).text == "[x] Yes\n[ ] No\n[ ] ?\n[x] OK"


def test_of_radio_buttons_the_chosen_one_is_marked() -> None:
    look = "/AP << /N << /{} 13 0 R /Off 13 0 R >> >>"
    objects = [
        "<< /FT /Btn /Ff 49152 /T (r) /V /B /Kids [11 0 R 12 0 R] >>",
        box(700, f"/Parent 10 0 R /AS /Off {look.format('A')}"),
        box(680, f"/Parent 10 0 R /AS /B {look.format('B')}"),
        CROSS,
    ]
    content = at(40, 700, "Air") + at(40, 680, "Boat")
    names, listed = ["11 0 R", "12 0 R"], FORM.format("10 0 R")
    document = read(drawn(content, annotations=names, objects=objects, catalog=listed))
    assert document.text == "[ ] Air\n[x] Boat"


def test_a_box_upon_the_spaces_before_its_text_is_beside_it() -> None:
    content = at(20, 700, "    Agreed") + at(20, 680, "    Refused")
    boxes = [box(700, "/FT /Btn /T (a) /V /Yes"), box(680, "/FT /Btn /T (b)")]
    assert read(form(content, *boxes, fields=2)).text == "[x] Agreed\n[ ] Refused"


@pytest.mark.parametrize(
    ("entries", "chosen"),
    [
        ("/Opt [(Alpha)(Beta)(Gamma)] /V (Beta)", "Beta"),
        ("/Opt [[(a)(Alpha)] [(b)(Beta)]] /V (b)", "Beta"),
        ("/Ff 2097152 /Opt [(Alpha)(Beta)(Gamma)] /V [(Alpha)(Gamma)] /I [0 2]", "Alpha, Gamma"),
        ("/Ff 131072 /Opt [[(a)(Alpha)] [(b)(Beta)]] /V (b)", "Beta"),
    ],
)
def test_of_a_list_only_what_is_chosen_is_read(entries: str, chosen: str) -> None:
    listed = (
        f"<< /Type /Annot /Subtype /Widget /FT /Ch /T (l) {entries} /DA (/F1 12 Tf 0 g) /F 4 "
        "/Rect [60 696 200 714] >>"
    )
    assert read(form(at(20, 700, "Letter:"), listed, fields=1)).text == f"Letter: {chosen}"

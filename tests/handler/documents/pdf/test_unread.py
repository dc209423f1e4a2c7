"""What a PDF has beside the text that was read is told in warnings."""

from __future__ import annotations

from tests.handler.documents.pdf.samples import at, drawn, stream
from tests.handler.documents.samples import read

PICTURE = "q 100 0 0 100 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"
LETTERS = "0 0 m 5 5 l S\n" * 60  # letters as lines, as some programs write them


def note(kind: str, entries: str = "/Contents (Is this right?)") -> str:
    return f"<< /Type /Annot /Subtype /{kind} /Rect [10 10 30 30] {entries} >>"


def warnings_of(*pages: str, **described: object) -> tuple[str, ...]:
    return read(drawn(*pages, **described)).warnings  # type: ignore[arg-type]


def test_pages_of_pictures_behind_a_page_of_text_are_named() -> None:
    assert warnings_of(at(60, 700, "Cover"), PICTURE, PICTURE, at(60, 700, "x"), LETTERS) == (
        "3 pages of 5 have pictures or drawings but no text, and were not read: pages 2 to 3 and "
        "5. Run the PDF through text recognition (OCR) to have them read.",
    )


def test_blank_pages_and_pages_with_a_frame_are_no_reason_to_warn() -> None:
    assert warnings_of(at(60, 700, "Cover"), "", "10 10 500 700 re S") == ()


FULL = PICTURE.replace("100 0 0 100", "612 0 0 792") + "\n"


def test_scans_with_a_stamp_or_a_page_number_are_named() -> None:
    scans = [FULL + at(500, 20, f"ABC-{number:05}", 8) for number in range(12, 15)]
    assert warnings_of(at(60, 700, "Cover letter"), *scans) == (
        "In the PDF, pages 2 to 4 have pictures and almost no text: what the pictures show was "
        "not read. Run the PDF through text recognition (OCR) to have it read.",
    )


def test_a_scan_in_strips_is_named() -> None:
    strips = [PICTURE.replace("100 0 0 100 0 0", f"612 0 0 99 0 {99 * n}") for n in range(8)]
    (warning,) = warnings_of("\n".join([*strips, at(300, 20, "7")]))
    assert warning.startswith("In the PDF, page 1 has pictures and almost no text")


def test_a_small_picture_and_a_scan_with_its_text_are_no_reason_to_warn() -> None:
    recognized = "".join(at(60, 700 - 14 * n, f"Line {n} of the scan") for n in range(9))
    assert warnings_of(PICTURE + "\n" + at(60, 700, "Figure 1"), FULL + recognized) == ()


def test_very_many_pages_are_named_in_part() -> None:
    pages = [at(60, 700, "x"), PICTURE] * 20
    (warning,) = warnings_of(*pages)
    assert warning.startswith("20 pages of 40 have pictures")
    assert "pages 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24 and more." in warning


def test_comments_are_counted_and_never_quoted() -> None:
    kinds = ("Text", "Highlight", "Popup", "Link")
    objects = [note(kind) for kind in kinds] + [note("Underline", "")]
    names = [f"{10 + index} 0 R" for index in range(len(objects))]
    assert warnings_of(at(60, 700, "Body"), annotations=names, objects=objects) == (
        "2 comments in the PDF were not read, on page 1.",
    )


def test_attached_files_are_counted() -> None:
    named = "/Names << /EmbeddedFiles << /Names [(a.csv) 10 0 R] >> >>"
    file = "<< /Type /Filespec /F (a.csv) /EF << /F 11 0 R >> >>"
    objects = [file, stream("a;b", "/Type /EmbeddedFile"), note("FileAttachment", "/FS 10 0 R")]
    assert warnings_of(
        at(60, 700, "Body"), catalog=named, annotations=["12 0 R"], objects=objects
    ) == ("2 attached files in the PDF were not read.",)


def test_sounds_and_films_are_counted() -> None:
    objects = [note("Movie"), note("RichMedia"), note("Screen")]
    names = ["10 0 R", "11 0 R", "12 0 R"]
    assert warnings_of(at(60, 700, "Body"), annotations=names, objects=objects) == (
        "3 sounds, films or 3D models in the PDF were not read.",
    )


def test_scripts_are_told() -> None:
    named = "/Names << /JavaScript << /Names [(calc) << /S /JavaScript /JS (1) >>] >> >>"
    (warning,) = warnings_of(at(60, 700, "Body"), catalog=named)
    assert warning == "The PDF has JavaScript, which was not run: what it would show is not read."


def test_an_xfa_form_is_told() -> None:
    form = "/AcroForm << /Fields [] /XFA 10 0 R >>"
    (warning,) = warnings_of(at(60, 700, "Please wait"), catalog=form, objects=[stream("<xdp/>")])
    assert warning.startswith("The PDF has an XFA form, of which only")

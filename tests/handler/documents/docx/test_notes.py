"""Footnotes and endnotes follow the paragraph that refers to them; comments are only counted."""

from __future__ import annotations

from handler.documents.document import Heading
from tests.handler.documents.docx.word_files import cell, document, p, r, row, styled, table
from tests.handler.documents.samples import read


def note(kind: str, number: int, text: str) -> str:
    return f'<w:{kind} w:id="{number}">{p(text)}</w:{kind}>'


def refer(kind: str, number: int, more: str = "") -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"{more}/></w:r>'


SEPARATORS = '<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'


def test_a_footnote_follows_its_paragraph_and_its_mark_the_punctuation() -> None:
    body = (
        f"<w:p>{r('The fee is waived')}{refer('footnote', 2)}{r('. Since May.')}</w:p>{p('Next.')}"
    )
    notes = SEPARATORS + note("footnote", 2, "Only for members.")
    assert read(document(body, footnotes=notes)).text == (
        "The fee is waived.[1] Since May.\n\n[1] Only for members.\n\nNext."
    )


def test_endnotes_have_their_own_numbers() -> None:
    body = f"<w:p>{r('One')}{refer('endnote', 5)}{r(', two')}{refer('footnote', 1)}{r('.')}</w:p>"
    parts = {"endnotes": note("endnote", 5, "End."), "footnotes": note("footnote", 1, "Foot.")}
    assert read(document(body, **parts)).text == "One,[i] two.[1]\n\n[i] End.\n[1] Foot."
    body = f"<w:p>{r('One')}{refer('endnote', 5)}</w:p>"
    settings = '<w:endnotePr><w:numFmt w:val="decimal"/></w:endnotePr>'
    found = read(document(body, endnotes=note("endnote", 5, "End."), settings=settings))
    assert found.text == "One[1]\n\n[1] End."


def test_a_note_with_a_mark_of_its_own_gets_no_number() -> None:
    mark = refer("footnote", 1, ' w:customMarkFollows="1"')
    body = f"<w:p>{r('Free')}{mark}{r('*')}</w:p><w:p>{r('B')}{refer('footnote', 2)}</w:p>"
    notes = note("footnote", 1, "* On Mondays.") + note("footnote", 2, "Second.")
    assert read(document(body, footnotes=notes)).text == (
        "Free*\n\n* On Mondays.\n\nB[1]\n\n[1] Second."
    )


def test_a_heading_is_free_of_marks() -> None:
    body = f"<w:p><w:pPr>{styled('h')}</w:pPr>{r('Fees')}{refer('footnote', 1)}</w:p>{p('Text.')}"
    styles = '<w:style w:type="paragraph" w:styleId="h"><w:name w:val="heading 2"/></w:style>'
    found = read(document(body, styles=styles, footnotes=note("footnote", 1, "In euros.")))
    assert found.text == "## Fees\n\n[1] In euros.\n\nText."
    assert found.headings == (Heading(0, 2, "Fees"),)


def test_notes_of_a_table_follow_it() -> None:
    first = cell(f"<w:p>{r('a')}{refer('footnote', 1)}</w:p>")
    body = table(row(first, "b"), row("c", "d")) + p("After.")
    assert read(document(body, footnotes=note("footnote", 1, "N."))).text == (
        "a[1] | b\nc | d\n\n[1] N.\n\nAfter."
    )


def test_a_note_that_is_missing_is_told() -> None:
    found = read(document(f"<w:p>{r('A')}{refer('footnote', 7)}</w:p>", footnotes=SEPARATORS))
    assert found.text == "A[1]"
    assert found.warnings == (
        "1 reference to a footnote or endnote was without its text in the file.",
    )


def test_a_note_that_is_referred_to_very_often_is_written_once() -> None:
    body = f"<w:p>{r('A')}{refer('footnote', 1) * 10_000}</w:p>"
    found = read(document(body, footnotes=note("footnote", 1, "long " * 1_000)))
    assert found.text.count("long") == 1_000


def test_a_note_in_itself_ends() -> None:
    inner = f'<w:footnote w:id="1"><w:p>{r("Again")}{refer("footnote", 1)}</w:p></w:footnote>'
    found = read(document(f"<w:p>{r('A')}{refer('footnote', 1)}</w:p>", footnotes=inner))
    assert found.text == "A[1]\n\n[1] Again[1]"


def test_comments_are_counted_and_not_read() -> None:
    comment = f'<w:comment w:id="0">{p("Too dear!")}</w:comment>'
    body = f"<w:p>{r('Price list')}<w:r><w:commentReference w:id='0'/></w:r></w:p>"
    found = read(document(body, comments=comment * 2))
    assert found.text == "Price list"
    assert found.warnings == ("2 comments by reviewers were not read.",)

"""E-mail: subject, people and date, the text that a mail program shows, and what is attached."""

from __future__ import annotations

import pytest

from handler.documents.document import Heading
from tests.handler.documents.mail.samples import HEADERS, attachment, mail, multipart, part
from tests.handler.documents.samples import pdf, read, rejected, word

HEAD = "# Plan\n\nFrom: Ana <ana@a.example>\n\n"


def body(content: bytes) -> str:
    """The text below the headers of HEADERS."""
    text = read(content, "a.eml").text
    assert text.startswith(HEAD)
    return text.removeprefix(HEAD)


def test_a_message_is_its_headers_and_its_text_decoded() -> None:
    content = (
        b"From: a@b.example\r\nTo: =?utf-8?Q?J=C3=BCrgen?= <j@b.example>\r\n"
        b"Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\nDate: Fri, 31 May 2024 09:30:00 +0200\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nSch=F6ne Gr=\r\n=FC=DFe\r\n"
    )
    document = read(content, "mail.eml")
    assert document.text == (
        "# Grüße\n\nFrom: a@b.example\nTo: Jürgen <j@b.example>\nDate: 2024-05-31 09:30\n\n"
        "Schöne Grüße"
    )
    assert document.headings == (Heading(0, 1, "Grüße"),)
    assert (document.format, document.title) == ("eml", "Grüße")
    assert document.attributes == {"from": "a@b.example", "date": "2024-05-31"}
    assert document.warnings == ()


def test_plain_text_is_chosen_where_the_html_says_the_same() -> None:
    forms = part("Hello there"), part("<p>Hello <b>there</b></p>", "text/html")
    assert body(mail(*forms, kind="alternative")) == "Hello there"


@pytest.mark.parametrize("plain", ["", "Your program cannot show this."])
def test_html_is_chosen_where_the_plain_text_is_a_fragment(plain: str) -> None:
    html = part(f"<title>x</title><h2>News</h2><p>{'We moved. ' * 9}</p>", "text/html")
    related = multipart(
        html, attachment(b"\x89PNG\r\n\x1a\n", "a.png", "image/png"), kind="related"
    )
    text = body(mail(part(plain), related, kind="alternative"))
    assert text.startswith("### News\n\nWe moved.")


def test_a_part_without_mime_is_plain_text() -> None:
    content = b"From: a@b.example\nSubject: S\nMessage-ID: <1@b.example>\n\nHello"
    assert read(content, "a.eml").text.endswith("\n\nHello")


def test_flowed_lines_are_joined_and_quotations_stay() -> None:
    text = "A long \nline.\n> a quoted \n> line\n \nEnd\n-- \nAna"
    flowed = part(text, "text/plain; format=flowed")
    assert body(mail(flowed)) == "A long line.\n> a quoted line\n\nEnd\n--\nAna"


def test_attachments_that_can_be_read_stand_under_their_names() -> None:
    contract = attachment(word(lambda w: w.add_heading("Scope", 1)), "contract.docx")
    notes = part("x,y\n1,2", 'text/csv; name="n.csv"', "Content-Disposition: attachment\n")
    document = read(mail(part("See below."), contract, notes), "a.eml")
    assert (
        document.text
        == f"{HEAD}See below.\n\n## contract.docx\n\n### Scope\n\n## n.csv\n\nx: 1\ny: 2"
    )
    assert [heading.level for heading in document.headings] == [1, 2, 3, 2]


def test_the_headings_of_an_attachment_are_at_their_marks() -> None:
    document = read(mail(attachment(b"# One\n\nx\n\n## Two", "a.md")), "a.eml")
    for heading in document.headings:
        line = document.text[heading.offset :].split("\n")[0]
        assert line == f"{'#' * heading.level} {heading.text}"


def test_attachments_that_cannot_be_read_are_warnings() -> None:
    picture = attachment(b"\x89PNG\r\n\x1a\n", "a.png", "image/png")
    document = read(mail(part("Hi"), picture, attachment(b"\x7fELF\x02", "a.bin")), "a.eml")
    assert document.text == f"{HEAD}Hi"
    assert document.warnings == (
        "Attachment 1 (application/octet-stream) was not read: The file seems to be a program.",
        "Not read: pictures (1).",
    )


def test_a_forwarded_message_stands_under_its_subject() -> None:
    inner = mail(part("Inner text"), headers=HEADERS.replace("Plan", "Old plan")).decode()
    text = body(mail(part("Outer"), part(inner, "message/rfc822")))
    assert text == "Outer\n\n## Old plan\n\nFrom: Ana <ana@a.example>\n\nInner text"


def test_messages_inside_messages_end_at_a_depth() -> None:
    content = mail(part("deepest")).decode()
    for _ in range(5):
        content = mail(part("a"), part(content, "message/rfc822")).decode()
    document = read(content, "a.eml")
    assert "deepest" not in document.text
    assert document.warnings == ("Not read: messages that are inside too many others (1).",)


def test_attached_messages_in_base64_end_at_a_depth() -> None:
    content = mail(part("deepest"))
    for _ in range(5):
        content = mail(part("a"), attachment(content, "a.eml"))
    document = read(content, "a.eml")
    assert "deepest" not in document.text
    assert "other files, the limit; add it by itself" in document.warnings[0]


@pytest.mark.parametrize("kind", ["multipart/encrypted", "application/pkcs7-mime"])
def test_an_encrypted_message_is_refused(kind: str) -> None:
    content = f"{HEADERS}Content-Type: {kind}; boundary=x\n\n--x\n\nsecret\n--x--"
    assert rejected(content, "a.eml") == (
        "invalid_file: The message is encrypted; save it decrypted, or as text."
    )


def test_a_signature_is_not_text() -> None:
    signature = part("-----BEGIN PGP SIGNATURE-----", "application/pgp-signature")
    assert body(mail(part("Hi"), signature, kind="signed")) == "Hi"


def test_a_message_is_told_by_its_headers_without_a_name() -> None:
    content = b"Received: x\r\nFrom: a@b.example\r\nSubject: S\r\n\r\nHello"
    assert read(content).format == "eml"
    assert read(content, "a.txt", "text/plain").format == "eml"


@pytest.mark.parametrize(
    "text", ["From: Ana\nTo: Ben\nSubject: a play\n\nHello", "name: x\ndate: y\nfrom: z\nto: a"]
)
def test_text_with_colons_is_no_message(text: str) -> None:
    assert read(text).format == "text"


def test_a_thousand_parts_inside_each_other_are_refused() -> None:
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1_000)
    )
    assert rejected(HEADERS + nested, "a.eml") == (
        "invalid_file: The message has 1,000 parts inside others; the limit is 500, and less in a "
        "long message. Save its attachments as files of their own."
    )


def test_several_parts_around_very_many_lines_are_refused() -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(60))
    assert "60 parts inside others" in rejected(HEADERS + nested + "\n" * 900_000, "a.eml")


def test_millions_of_headers_are_refused() -> None:
    assert rejected(HEADERS + "a: b\n" * 500_000, "a.eml") == (
        f"invalid_file: The message's headers have {len(HEADERS) + 2_500_000:,} bytes; the limit "
        "is 2,000,000."
    )


def test_many_attachments_are_bounded() -> None:
    parts = [attachment(b"text", f"{n}.txt") for n in range(53)]
    document = read(mail(part("Hi"), *parts), "a.eml")
    assert document.text.count("text") == 50
    assert document.warnings == ("Not read: attachments beyond 50, the limit (3).",)


def test_a_saved_web_page_is_its_html() -> None:
    page = part("<title>Prices</title><p>Bolts cost 1.20", "text/html; charset=utf-8")
    style = part("p { color: red }", "text/css")
    saved = "From: <Saved by Blink>\nSnapshot-Content-Location: https://a.example\nSubject: x\n"
    document = read(mail(page, style, kind="related", headers=saved), "a.mhtml")
    assert document.text == "# Prices\n\nBolts cost 1.20"
    assert document.format == "mhtml"
    assert read(mail(page, kind="related", headers=saved)).format == "mhtml"


def test_a_pdf_in_a_message_gives_its_text() -> None:
    text = body(mail(attachment(pdf("Invoice 4711"), "i.pdf", "application/pdf")))
    assert text == "## i.pdf\n\nInvoice 4711"


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-be", "utf-16-le"])
def test_a_message_that_was_saved_as_utf_16_is_read(charset: str) -> None:
    message = "From: a@b.example\r\nSubject: Plan\r\n\r\nThe library opens at nine.\r\n"
    text = read(message.encode(charset), "a.eml").text
    assert text == "# Plan\n\nFrom: a@b.example\n\nThe library opens at nine."

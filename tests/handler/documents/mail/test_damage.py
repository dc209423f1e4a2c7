"""What a message's text cannot show is replaced or left out with a warning, never in silence."""

from __future__ import annotations

import pytest

from tests.handler.documents.mail.samples import HEADERS, attachment, mail, part
from tests.handler.documents.samples import read

BASE64 = "Content-Transfer-Encoding: base64\n"


def test_html_counts_where_its_words_are_not_in_the_plain_text() -> None:
    stub = part("Please view in an HTML reader, this one is none")
    html = part("<p>Real content: price 40</p>", "text/html")
    document = read(mail(stub, html, kind="alternative"), "a.eml")
    assert document.text.endswith("example>\n\nReal content: price 40")
    assert document.warnings == ()


@pytest.mark.parametrize(
    "plain", [" ".join(f"word{number}" for number in range(60)), "Hi, lunch at noon? Thanks, Ana"]
)
def test_two_texts_that_differ_are_both_read(plain: str) -> None:
    html = part("<p>See the other form of this message</p>", "text/html")
    text = read(mail(part(plain), html, kind="alternative"), "a.eml").text
    assert text.endswith(f"{plain}\n\nSee the other form of this message")


def test_damaged_base64_is_a_warning() -> None:
    damaged = part("SGVsbG8gd29ybGQ*&^%\nabc", more=BASE64)
    document = read(mail(damaged), "a.eml")
    assert "Hello world" in document.text
    warning = "1 part has damaged base64: content may be missing or wrong there."
    assert document.warnings[-1] == warning
    html = part("PHA+SGVsbG8gd29ybGQ8L3A+*&^%", "text/html", more=BASE64)
    assert warning in read(mail(html), "a.eml").warnings
    file = attachment(b"x,y\n1,2\n", "a.csv").replace("eCx5", "eC*x5")
    assert warning in read(mail(part("See"), file), "a.eml").warnings
    assert read(mail(part("SGVsbG8gd29ybGQ=", more=BASE64)), "a.eml").warnings == ()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_uuencoded_file_is_left_out(line_end: str) -> None:
    block = "begin 644 a.bin\n#0V%T\n`\nend\n".replace("\n", line_end)
    document = read(mail(part(f"Above{line_end}{block}Below, begin to end")), "a.eml")
    assert document.text.endswith("Above\nBelow, begin to end")
    assert document.warnings == ("Not read: files in the text (uuencoded) (1).",)


def test_prose_that_begins_and_ends_is_no_file() -> None:
    prose = "begin 644 steps\nwalk on\nend"
    document = read(mail(part(prose)), "a.eml")
    assert document.text.endswith(prose)
    assert document.warnings == ()
    hostile = "begin 644 a\n#0V%T\n" * 20_000
    assert read(mail(part(hostile)), "a.eml").text.endswith("#0V%T")


def test_a_text_in_no_declared_set_is_guessed() -> None:
    text = "La réunion a été déplacée à mardi, après le déjeuner. Où êtes-vous logé, à l'hôtel?\n"
    content = f"{HEADERS}\n".encode() + (text * 3).encode("latin-1")
    document = read(content, "a.eml")
    assert document.text.endswith((text * 3).strip())
    assert document.warnings


def test_what_is_in_no_set_is_replaced_with_a_warning() -> None:
    content = f"{HEADERS}\nPrice 40 ".encode() + b"\x81\x8d\x8f\x90\xff\xa0 end"
    document = read(content, "a.eml")
    assert "Price 40 " in document.text
    assert document.text.endswith(" end")
    assert "replaced by U+FFFD" in document.warnings[0]

"""A mailbox: each message under its subject."""

from __future__ import annotations

from tests.handler.documents.mail.samples import mail, part
from tests.handler.documents.samples import read

FROM = b"From ana@a.example Fri May 31 09:30:00 2024\n"


def test_each_message_stands_under_its_subject() -> None:
    text = b"A line\n>From here on it is text\n"
    second = b"Subject: Two\nFrom: b@b.example\n\nSecond\n"
    content = FROM + b"Subject: One\nFrom: a@a.example\n\n" + text + b"\n" + FROM + second
    document = read(content, "a.mbox")
    assert document.text == (
        "# One\n\nFrom: a@a.example\n\nA line\nFrom here on it is text\n\n"
        "# Two\n\nFrom: b@b.example\n\nSecond"
    )
    assert (document.format, len(document.headings)) == ("mbox", 2)
    assert read(content).format == "mbox"


def test_a_line_that_begins_with_from_is_no_message() -> None:
    content = FROM + b"Subject: One\n\nFrom Oslo we went to Riga in 2024\nby train\n"
    assert read(content, "a.mbox").text.endswith("From Oslo we went to Riga in 2024\nby train")


def test_multiparts_in_a_mailbox() -> None:
    content = FROM + mail(part("Hello")) + b"\n" + FROM + mail(part("Bye"))
    assert read(content, "a.mbox").text.count("# Plan") == 2

"""A message as a document: its subject as the heading, who wrote it when, its text, what it holds.

Of several forms of one text, plain text counts, unless it is only a fragment of the HTML.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from handler.documents.charsets import Decoded
from handler.documents.document import AttributeValue, Document
from handler.documents.inclusion import include
from handler.documents.mail.headers import date, header
from handler.documents.mail.parts import (
    Part,
    charset_of,
    content_of,
    filename,
    inner_parts,
    is_damaged,
    media_type,
    parse,
    plain_text,
)
from handler.documents.mail.uuencoded import without_uuencoded
from handler.documents.unread import Unread
from handler.documents.writer import Writer
from handler.errors import DocumentRejected
from handler.limits import MAX_ATTACHMENTS, MAX_MAIL_DEPTH

# Reads any file: its bytes, its name and its content type.
Read = Callable[[bytes, str, str | None], Document]

SHOWN_HEADERS = ("From", "To", "Cc")
# The title of a mail's HTML repeats its subject, or names the program that made it.
TITLE = re.compile(rb"<title\b[^>]{0,200}>[^<]{0,2000}</title\s*>", re.IGNORECASE)
WORD = re.compile(r"\w+")
SAME = 0.5  # the share of the HTML's words that the plain text has, too, if it says the same
EXCERPT = 0.8  # the share of the plain text's words that the HTML has, too, if it says all of them
# A plain text that only says "Your program cannot show this message".
NOTICE = re.compile(
    r"\b(?:html|browser|program|programm|reader|client|view|display|navigateur|navegador)",
    re.IGNORECASE,
)
MAX_NOTICE = 40  # words
ENCRYPTED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
# Keys and signatures say nothing, and a report's status repeats its text.
SILENT = {
    *("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"),
    *("application/pgp-encrypted", "application/pgp-keys", "message/delivery-status"),
    *("text/rfc822-headers", "message/external-body", "message/partial"),
}


def extract_mail(content: bytes, read: Read) -> Document:
    """The document of one message.

    read: reads an attachment, as `extract` does. Raises DocumentRejected if the message is
    encrypted, without text, or has too many parts.
    """
    writer = Writer("eml", is_markdown=True)
    message = parse(content)
    reader = MessageReader(writer, read)
    reader.read(message, level=1)
    reader.warn()
    writer.title = header(message, "subject") or None
    writer.attributes = _attributes(message)
    return writer.document()


def extract_web_archive(content: bytes, read: Read) -> Document:
    """The document of a web page that a browser saved as one file. Its frames are left out."""
    page = next(
        (part for part in parse(content).walk() if part.get_content_subtype() == "html"), None
    )
    if page is None:
        raise DocumentRejected("invalid_file", "The web archive holds no HTML page.")
    writer = Writer("mhtml", is_markdown=True)
    document = read(content_of(page), "page.html", _html_type(page))
    include(writer, document)
    writer.title = document.title
    return writer.document()


class MessageReader:
    """Writes messages, and counts what was not read."""

    def __init__(self, writer: Writer, read: Read) -> None:
        self._writer, self._read = writer, read
        self._attachments = 0
        self._skipped = Unread()  # what is counted in a warning
        self._damaged = 0  # parts

    def read(self, message: Part, *, level: int, depth: int = 1) -> None:
        """Write a message under a heading at `level`. depth: how many messages it is inside."""
        writer = self._writer
        writer.heading(level, header(message, "subject") or "Message without a subject")
        lines = [f"{name}: {header(message, name.lower())}" for name in SHOWN_HEADERS]
        lines.append(f"Date: {date(message)}")
        for line in lines:
            if not line.endswith(": "):
                writer.separate("\n")
                writer.write(line)
        self._part(message, level, depth)

    def warn(self) -> None:
        """Say what was not read, and what is damaged."""
        self._skipped.report(self._writer, "message")
        if self._damaged:
            parts = "1 part has" if self._damaged == 1 else f"{self._damaged:,} parts have"
            self._writer.warn(f"{parts} damaged base64: content may be missing or wrong there.")

    def _part(self, part: Part, level: int, depth: int) -> None:
        kind = media_type(part)
        if kind in ENCRYPTED and depth == 1 and kind != "multipart/mixed":
            self._encrypted(part)
        elif kind == "multipart/alternative":
            self._alternative(part, level, depth)
        elif kind == "message/rfc822":
            self._attached_message(part, level, depth)
        elif part.is_multipart():
            for inner in inner_parts(part):
                self._part(inner, level, depth)
        elif kind in ("text/plain", "text/html") and not _is_attached(part):
            self._body(part, level)
        elif kind not in SILENT and not kind.startswith("multipart/"):
            self._attachment(part, level)

    def _encrypted(self, part: Part) -> None:
        signed = str(part.get_param("smime-type", "")).lower() == "signed-data"
        if signed:
            self._skipped["signed parts in a form (S/MIME) that is not read"] += 1
            return
        message = "The message is encrypted; save it decrypted, or as text."
        raise DocumentRejected("invalid_file", message)

    def _alternative(self, part: Part, level: int, depth: int) -> None:
        """Write the plain text, or the last other form if that one says more."""
        forms = inner_parts(part)
        plain = next((form for form in forms if media_type(form) == "text/plain"), None)
        others = [form for form in forms if form is not plain and _holds_text(form)]
        rich = others[-1] if others else None
        if rich is None and plain is not None:
            self._body(plain, level)
        elif rich is not None:
            page = next((p for p in rich.walk() if p.get_content_subtype() == "html"), None)
            document = self._html(page) if page is not None else None
            text = plain_text(plain).text if plain is not None else ""
            page_text = document.text if document else ""
            same = _share(page_text, text) >= SAME
            if plain is not None and (same or not _is_spare(text, page_text)):
                self._body(plain, level)
            if page is not None and document and not same:
                include(self._writer, document, below=level)
                self._damaged += is_damaged(page)
            for other in rich.walk():
                if other is not page and not other.is_multipart():
                    self._attachment(other, level)

    def _body(self, part: Part, level: int) -> None:
        if media_type(part) == "text/html":
            if document := self._html(part):
                include(self._writer, document, below=level)
            self._damaged += is_damaged(part)
            return
        self._write_text(plain_text(part))
        self._damaged += is_damaged(part)

    def _write_text(self, found: Decoded) -> None:
        for warning in found.warnings:
            self._writer.warn(warning)
        text, files = without_uuencoded(found.text)
        if files:
            self._skipped["files in the text (uuencoded)"] += files
        self._writer.separate("\n\n")
        self._writer.write(text.strip("\r\n"))
        self._writer.separate("\n\n")

    def _html(self, part: Part) -> Document | None:
        """The document of an HTML part; None if it has no text."""
        try:
            return self._read(TITLE.sub(b"", content_of(part)), "part.html", _html_type(part))
        except DocumentRejected:
            return None

    def _attached_message(self, part: Part, level: int, depth: int) -> None:
        inner = inner_parts(part)
        if depth >= MAX_MAIL_DEPTH:
            self._skipped["messages that are inside too many others"] += len(inner)
            return
        for message in inner:
            self.read(message, level=level + 1, depth=depth + 1)

    def _attachment(self, part: Part, level: int) -> None:
        kind = media_type(part)
        name = filename(part)
        if kind.startswith("image/") and kind != "image/svg+xml":
            self._skipped["pictures"] += 1
            return
        self._attachments += 1
        if self._attachments > MAX_ATTACHMENTS:
            self._skipped[f"attachments beyond {MAX_ATTACHMENTS}, the limit"] += 1
            return
        charset = charset_of(part)
        declared = f"{kind}; charset={charset}" if charset else kind
        content = content_of(part)
        self._damaged += is_damaged(part)
        try:
            document = self._read(content, name, declared)
        except DocumentRejected as rejected:
            reason = rejected.message.partition(". ")[0].rstrip(".")
            self._writer.warn(f"Attachment {self._attachments} ({kind}) was not read: {reason}.")
            return
        self._writer.heading(level + 1, name or f"Attachment {self._attachments}")
        include(self._writer, document, below=level + 1)


def _is_attached(part: Part) -> bool:
    return part.get_content_disposition() == "attachment" or bool(filename(part))


def _share(text: str, other: str) -> float:
    """The share of the words of a text that another has, too; 1 if it has none."""
    words, others = (Counter(WORD.findall(each.lower())) for each in (text, other))
    return (words & others).total() / words.total() if words else 1.0


def _is_spare(plain: str, html: str) -> bool:
    """Whether the plain text says nothing that the HTML does not."""
    is_notice = len(WORD.findall(plain)) <= MAX_NOTICE and NOTICE.search(plain)
    return bool(is_notice) or _share(plain, html) >= EXCERPT


def _holds_text(form: Part) -> bool:
    return media_type(form) == "text/html" or form.is_multipart()


def _html_type(part: Part) -> str:
    charset = charset_of(part)
    return f"text/html; charset={charset}" if charset else "text/html"


def _attributes(message: Part) -> dict[str, AttributeValue]:
    stated = {"from": header(message, "from"), "date": date(message)[:10]}
    return {name: value for name, value in stated.items() if value}

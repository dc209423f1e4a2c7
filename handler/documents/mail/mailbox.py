"""A mailbox (.mbox): many messages in one file, each under a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handler.documents.document import Document
from handler.documents.mail.message import MessageReader, Read
from handler.documents.mail.parts import parse
from handler.documents.writer import Writer

# The line between messages: "From ana@mail.example Fri May 31 09:30:00 2024".
SEPARATOR = re.compile(rb"^From [^\n]{0,200}\d{4}[^\n]{0,20}\r?\n(?=[!-9;-~]+:)", re.MULTILINE)
# Lines that begin so in a message have a > put before them.
QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def extract_mailbox(content: bytes, read: Read) -> Document:
    """The document of a mailbox. Raises DocumentRejected as extract_mail does."""
    writer = Writer("mbox", is_markdown=True)
    reader = MessageReader(writer, read)
    for message in _messages(content):
        reader.read(parse(QUOTED_FROM.sub(rb"\1", message)), level=1)
    reader.warn()
    return writer.document()


def _messages(content: bytes) -> Iterator[bytes]:
    begin = None
    for separator in SEPARATOR.finditer(content):
        if begin is not None:
            yield content[begin : separator.start()]
        begin = separator.end()
    yield content[begin or 0 :]

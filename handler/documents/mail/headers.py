"""The headers of a message as a person reads them: encoded words decoded, dates as ISO dates."""

from __future__ import annotations

import email.utils
import re
from binascii import Error as Base64Error
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from handler.documents.charsets import decode
from handler.errors import DocumentRejected

MAX_HEADER = 2_000  # characters: thousands of recipients are no text to search
ENCODED_WORD = r"=\?[\w-]+(?:\*[\w-]+)?\?[bq]\?[^?]*\?="
ENCODED_WORDS = re.compile(rf"{ENCODED_WORD}(?:\s*{ENCODED_WORD})*", re.IGNORECASE)
# Between two encoded words white space does not count (RFC 2047, section 6.2).
BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?)")


def header(message: Message, name: str) -> str:
    """A header's text on one line; "" if there is none."""
    for key, value in message.raw_items():
        if key.lower() == name:
            return " ".join(decoded(str(value)[: 4 * MAX_HEADER]).split())[:MAX_HEADER]
    return ""


def date(message: Message) -> str:
    """The date as "2024-05-31 09:30"; as it is written, if it is no date."""
    written = header(message, "date")
    try:
        return email.utils.parsedate_to_datetime(written).strftime("%Y-%m-%d %H:%M")
    except (ValueError, TypeError, OverflowError, IndexError):
        return written


def text_of(content: bytes, charset: str | None) -> str | None:
    """The text in a character set, a guessed one if that is not declared; None if it is unclear."""
    try:
        return decode(content, charset=charset).text
    except DocumentRejected:
        return None


def decoded(value: str) -> str:
    """A header's value with its encoded words decoded."""
    raw = value.encode("utf-8", "surrogateescape")  # bytes above 127 come as surrogates
    try:
        value = raw.decode("utf-8")
    except UnicodeDecodeError:
        value = text_of(raw, None) or raw.decode("latin-1")
    return ENCODED_WORDS.sub(lambda words: _words(words[0]), value)


def _words(words: str) -> str:
    """Encoded words that follow each other; unchanged if they cannot be decoded."""
    try:
        parts = decode_header(BETWEEN_WORDS.sub(r"\1 \2", words))
    except (HeaderParseError, Base64Error, ValueError):
        return words
    texts = []
    for part, charset in parts:
        content = part.encode("utf-8", "replace") if isinstance(part, str) else part
        texts.append(text_of(content, charset) if content else "")
    return words if None in texts else "".join(text or "" for text in texts)

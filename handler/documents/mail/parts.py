"""The parts of a message (MIME), found under limits, and the bytes and text in each."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.errors import InvalidBase64CharactersDefect, InvalidBase64LengthDefect
from email.message import Message
from typing import TypeAlias

from handler.documents.charsets import Decoded, decode
from handler.documents.mail.headers import decoded
from handler.errors import DocumentRejected
from handler.limits import MAX_MAIL_HEADERS, MAX_MAIL_PARTS, MAX_MAIL_WORK

Part: TypeAlias = "Message[str, str]"

# Each of these can open a part inside another.
NESTING = re.compile(rb"boundary\s*=|message/rfc822", re.IGNORECASE)
BODY = re.compile(rb"\r?\n\r?\n")  # what is between the headers and it
SAFE_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
MAX_NAME = 1_000  # characters of an attachment's name
QUOTE_MARKS = re.compile(r">*")
REPLACED = "\ufffd"


def parse(content: bytes) -> Part:
    """The message in `content`. Raises DocumentRejected if it has too many parts.

    The parser compares each line with every boundary around it, so both are counted first.
    """
    parts = sum(1 for _ in NESTING.finditer(content))
    if parts > MAX_MAIL_PARTS or parts * content.count(b"\n") > MAX_MAIL_WORK:
        raise DocumentRejected(
            "invalid_file",
            f"The message has {parts:,} parts inside others; the limit is {MAX_MAIL_PARTS:,}, and "
            "less in a long message. Save its attachments as files of their own.",
        )
    headers = BODY.search(content)
    size = headers.start() if headers else len(content)
    if size > MAX_MAIL_HEADERS:
        raise DocumentRejected(
            "invalid_file",
            f"The message's headers have {size:,} bytes; the limit is {MAX_MAIL_HEADERS:,}.",
        )
    return email.message_from_bytes(content, policy=email.policy.compat32)


def content_of(part: Part) -> bytes:
    """The bytes of a part that has no parts itself, without their transfer encoding."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def media_type(part: Part) -> str:
    """The part's media type, in a form that is safe to show."""
    found = part.get_content_type()
    return found if SAFE_TYPE.fullmatch(found) else "application/octet-stream"


def charset_of(part: Part) -> str | None:
    """The character set that the part declares."""
    try:
        declared = part.get_content_charset()
    except (LookupError, UnicodeError, ValueError):
        return None
    return str(declared) if declared else None


def is_damaged(part: Part) -> bool:
    """Whether the base64 of a part, which was read, has characters that are none, or too few."""
    return any(
        isinstance(defect, InvalidBase64CharactersDefect | InvalidBase64LengthDefect)
        for defect in part.defects
    )


def plain_text(part: Part) -> Decoded:
    """The text of a text/plain part, its lines joined where they flow.

    What is in no character set that can be told becomes U+FFFD.
    """
    content = content_of(part)
    try:
        found = decode(content, charset=charset_of(part))
    except DocumentRejected:
        text = content.decode("utf-8", "replace")
        count = f"{text.count(REPLACED):,} characters replaced by U+FFFD"
        found = Decoded(text, "utf-8", (f"A text is in an unknown character set: {count}.",))
    if str(part.get_param("format", "")).lower() != "flowed":
        return found
    deletes_space = str(part.get_param("delsp", "")).lower() == "yes"
    return replace(found, text=_unflowed(found.text, deletes_space=deletes_space))


def _unflowed(text: str, *, deletes_space: bool) -> str:
    """A line that ends with a space goes on in the next one of the same quotation (RFC 3676)."""
    lines: list[list[str]] = []  # the parts of each
    flows, quoted = False, ""  # whether the last line goes on, and its quotation marks
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = QUOTE_MARKS.match(line)[0]  # type: ignore[index]  # it always matches
        body = line[len(marks) :].removeprefix(" ")
        is_signature = body == "-- "
        if flows and marks == quoted and not is_signature:
            lines[-1].append(body)
        else:
            lines.append([f"{marks} ", body] if marks else [body])
        flows, quoted = body.endswith(" ") and not is_signature, marks
        if flows and deletes_space:
            lines[-1][-1] = lines[-1][-1][:-1]
    return "\n".join("".join(line).rstrip(" ") for line in lines)


def filename(part: Part) -> str:
    """The name of an attachment; "" if it has none."""
    try:
        name = part.get_filename()
    except (LookupError, UnicodeError, ValueError, IndexError):
        return ""
    return " ".join(decoded(name[:MAX_NAME]).split()) if name else ""


def inner_parts(part: Part) -> list[Part]:
    """The parts of a multipart, or the messages in a message/rfc822."""
    payload = part.get_payload()
    return (
        [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
    )

"""Kinds of text that their first lines prove: e-mail, and XML by its root. Reads no further."""

from __future__ import annotations

import re
from typing import Literal

TextKind = Literal["eml", "mbox", "mhtml", "svg", "opml", "feed", "xml"]

LOOKED_AT = 8_192  # bytes
UTF16 = (b"\xff\xfe", b"\xfe\xff")
HEADER = re.compile(r"([!-9;-~]{1,60}):[^\n]*\n(?:[ \t][^\n]*\n)*")
MAILBOX = re.compile(r"From \S+ [^\n]*\d{4}[^\n]{0,20}\n(?=[!-9;-~]+:)")
# Other texts have a line "From:", too. These come from mail programs only.
PROOF = {"mime-version", "message-id", "received", "return-path", "delivered-to"}
USUAL = {"from", "to", "subject", "date", "content-type"} | PROOF
ENOUGH = 3  # usual headers
ROOT = re.compile(
    r"\s*(?P<declaration><\?xml\b[^>]{0,300}\?>)?"
    # Atomic groups: a comment ends at its first end, or the search would take years.
    r"(?>\s+|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
    r"<(?:[\w.-]{1,40}:)?(?P<name>[\w.-]{1,60})[\s/>]",
    re.DOTALL,
)
ROOTS: dict[str, TextKind] = {
    "svg": "svg",
    "opml": "opml",
    "rss": "feed",
    "feed": "feed",
    "RDF": "feed",
}


def text_kind(content: bytes) -> TextKind | None:
    """The kind that the first bytes prove; "xml" for an unknown one with an XML declaration."""
    head = content[:LOOKED_AT]
    encoding = "utf-16" if head.startswith(UTF16) else "utf-8-sig"
    text = head.decode(encoding, errors="replace").replace("\r\n", "\n")
    return _mail_kind(text) or _xml_kind(text)


def xml_root(content: bytes) -> TextKind | None:
    """The kind by the root's name, in a file that is declared as XML; None if it is unknown."""
    head = content[:LOOKED_AT]
    encoding = "utf-16" if head.startswith(UTF16) else "utf-8-sig"
    found = ROOT.match(head.decode(encoding, errors="replace"))
    return ROOTS.get(found["name"]) if found else None


def _mail_kind(text: str) -> TextKind | None:
    if MAILBOX.match(text):
        return "mbox"
    names, offset = set(), 0
    while header := HEADER.match(text, offset):
        names.add(header[1].lower())
        if header[1].lower() == "snapshot-content-location":
            return "mhtml"
        offset = header.end()
    is_mail = len(names & USUAL) >= ENOUGH and bool(names & PROOF)
    return "eml" if is_mail else None


def _xml_kind(text: str) -> TextKind | None:
    found = ROOT.match(text)
    if not found:
        return None
    if found["declaration"]:
        return ROOTS.get(found["name"], "xml")
    # Without a declaration, only the roots that nothing else begins with.
    return ROOTS.get(found["name"]) if found["name"] in ("svg", "opml", "rss") else None

"""Bytes to text in one character set that is known, by Python's codecs and ours."""

from __future__ import annotations

from handler.documents.charsets.japanese import decode_euc_jp, decode_iso_2022_jp

_REPLACEMENT = "\ufffd"
# A declared set may fail in so many characters beyond ASCII, as one in this number.
_DAMAGE = 50


def decode_strictly(content: bytes, codec: str) -> str | None:
    """The text; None if some of the content is not in the character set."""
    try:
        if codec == "euc_jp":
            return decode_euc_jp(content)
        if codec.startswith("iso2022_jp"):
            return decode_iso_2022_jp(content)
        return content.decode(codec)
    except UnicodeError:
        # Hong Kong's characters are where Taiwan's Windows has none.
        return decode_strictly(content, "big5hkscs") if codec == "cp950" else None


def decode_mostly(content: bytes, codec: str) -> tuple[str, int] | None:
    """The text with U+FFFD for what is not in the set, and their number; None if it is much."""
    text = decode_strictly(content, codec)
    if text is not None:
        return text, 0
    if codec.startswith(("iso2022", "utf")):
        return None
    if codec == "euc_jp":
        text = decode_euc_jp(content, "replace")
    else:
        text = content.decode(codec, "replace")
    damaged = text.count(_REPLACEMENT)
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return (text, damaged) if damaged * _DAMAGE <= foreign else None

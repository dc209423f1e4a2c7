"""Bytes to characters, in a character set that is declared, UTF-8 or unmistakable.

A wrong guess would turn the text into nonsense that surfaces only in search results. So what is not
certain is refused, with what to do; what was guessed or replaced is a warning.
"""

from __future__ import annotations

from handler.documents.charsets.declarations import declared_in
from handler.documents.charsets.decoded import SAVE_AS_UTF8, Decoded, refusal
from handler.documents.charsets.decoders import decode_mostly
from handler.documents.charsets.labels import codec_of, usual_name
from handler.documents.charsets.marks import decode_utf16, decode_without_mark, read_marked
from handler.documents.charsets.seven_bit import decode_seven_bit
from handler.documents.charsets.utf8 import repair_utf8

__all__ = ["SAVE_AS_UTF8", "Decoded", "decode"]

# So many characters beyond ASCII are not valid UTF-8 by accident in any other set.
_CERTAINLY_UTF8 = 6


def decode(content: bytes, *, charset: str | None = None, is_html: bool = False) -> Decoded:
    """The text in `content`. charset: the declared character set, if there is one.

    Raises DocumentRejected if the content is not text, or its character set is unclear.
    """
    marked = read_marked(content)
    if marked:
        content, codec = marked
        return _decode_marked(content) if codec == "utf-8" else decode_utf16(content, codec)
    utf8 = _decode_utf8(content)
    labels = [charset, *declared_in(content, is_html=is_html)]
    codecs = [codec for codec in map(codec_of, labels) if codec]
    for codec in codecs:
        declared = _decode_declared(content, codec, utf8)
        if declared:
            return declared
    if b"\x00" in content:
        return decode_without_mark(content)
    if utf8 is not None:
        seven_bit = decode_seven_bit(content) if content.isascii() else None
        return seven_bit or Decoded(utf8, "utf-8")
    return _decode_unclear(content, is_utf8_declared="utf-8" in codecs)


def _decode_utf8(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _decode_marked(content: bytes) -> Decoded:
    """What follows UTF-8's byte order mark."""
    text = _decode_utf8(content)
    found = Decoded(text, "utf-8") if text is not None else repair_utf8(content, is_declared=True)
    if found is None:
        raise refusal("The file begins as UTF-8, but is damaged further on")
    return found


def _decode_declared(content: bytes, codec: str, utf8: str | None) -> Decoded | None:
    """The text in the declared character set; None if it does not fit."""
    if codec == "utf-8":
        return None  # that is tried anyway
    if utf8 is not None and _is_utf8_with_another_label(content, codec, utf8):
        return None
    found = decode_mostly(content, codec)
    if found is None or "\x00" in found[0]:
        return None
    text, damaged = found
    name = usual_name(codec)
    count = "1 character" if damaged == 1 else f"{damaged:,} characters"
    warning = f"The file is declared as {name}: {count} not in it, replaced by U+FFFD."
    return Decoded(text, name, (warning,) if damaged else ())


def _is_utf8_with_another_label(content: bytes, codec: str, utf8: str) -> bool:
    """Whether content that is valid UTF-8 is so for certain, whatever its label says.

    Any bytes can be read in a set of one byte a character, and in most sets of two.
    """
    if codec.startswith(("iso2022", "hz", "utf-7")):
        return False
    if codec.startswith(("utf-16", "utf-32")):
        return b"\x00" not in content
    beyond = len(utf8) - len(utf8.encode("ascii", "ignore"))
    return _is_single_byte(codec) or beyond >= _CERTAINLY_UTF8


def _is_single_byte(codec: str) -> bool:
    """Whether each byte is a character: then most of the upper 128 bytes are, too."""
    return len(bytes(range(128, 256)).decode(codec, "ignore")) > 64


def _decode_unclear(content: bytes, *, is_utf8_declared: bool) -> Decoded:
    """The text of content that is not UTF-8, and in no declared set."""
    # Imported here because most files are UTF-8, and the detectors are large.
    from handler.documents.charsets.vote import candidates, detect

    found = repair_utf8(content, is_declared=is_utf8_declared) or detect(content)
    if found:
        return found
    names = candidates(content)
    if not names:
        raise refusal("The file is not UTF-8 text, nor in a recognizable character set")
    raise refusal(
        f"The file is not UTF-8, and may be {' or '.join(names)} or another character set"
    )

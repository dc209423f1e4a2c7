"""EUC-JP and ISO-2022-JP with the characters that Windows adds (①, ㈱, 髙).

Python's codecs follow the standard, in which rows 13 and 89 to 92 of the table are empty. Windows
programs write NEC's characters there, and browsers read them.
"""

from __future__ import annotations

import codecs
import re

# A shift in ISO-2022-JP, and the text up to the next one.
_SHIFT = re.compile(rb"\x1b(\$[@B]|\$\([D]|\([BJIH]|[$(][^\x1b]{0,2}?)([^\x1b]*)", re.DOTALL)
_HANDLER = "handler.japanese_of_windows"
_SINGLE_SHIFT = b"\x8e"  # before a katakana of half width


def decode_euc_jp(content: bytes, errors: str = "strict") -> str:
    """The text of EUC-JP. Raises UnicodeDecodeError, unless errors is "replace"."""
    text = content.decode("euc_jp", _HANDLER)
    if "\ufffd" in text and errors == "strict":
        raise UnicodeDecodeError("euc_jp", content[:1], 0, 1, "not a character")
    return text


def decode_iso_2022_jp(content: bytes) -> str:
    """The text of ISO-2022-JP, and of what mail programs write instead. Raises UnicodeError."""
    for codec in ("iso2022_jp_2", "iso2022_jp_ext"):
        try:
            return content.decode(codec)
        except UnicodeDecodeError:
            continue
    first = content.find(b"\x1b")
    parts = [content[:first]]
    for mode, text in _SHIFT.findall(content[first:]):
        parts.append(_as_euc_jp(mode, text))
    return decode_euc_jp(b"".join(parts))


def _as_euc_jp(mode: bytes, text: bytes) -> bytes:
    """The text after a shift, in EUC-JP."""
    if mode in (b"(B", b"(J", b"(H"):
        return text
    ends = text.find(b"\n")  # a line ends in ASCII, even without a shift
    text, rest = (text, b"") if ends < 0 else (text[:ends], text[ends:])
    if mode in (b"$@", b"$B"):
        return bytes(byte | 0x80 if byte > 0x20 else byte for byte in text) + rest
    if mode == b"(I":
        return b"".join(_SINGLE_SHIFT + bytes([byte | 0x80]) for byte in text) + rest
    raise UnicodeDecodeError("iso2022_jp", mode or b"\x1b", 0, 1, "another character set")


def _read_as_windows(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: two bytes of EUC-JP that the standard leaves empty."""
    assert isinstance(error, UnicodeDecodeError)
    pair = error.object[error.start : error.start + 2]
    text = _of_windows(pair) if len(pair) == 2 and min(pair) > 0xA0 else None
    return (text, error.start + 2) if text else ("\ufffd", error.end)


def _of_windows(pair: bytes) -> str | None:
    """A character of EUC-JP through its place in Shift_JIS, which Python has with Windows' rows."""
    row, cell = pair[0] - 0xA0, pair[1] - 0xA0
    lead = (row + 1) // 2 + (0x80 if row < 63 else 0xC0)
    trail = cell + 0x3F + (cell > 63) if row % 2 else cell + 0x9E
    try:
        return bytes([lead, trail]).decode("cp932")
    except UnicodeDecodeError:
        return None


codecs.register_error(_HANDLER, _read_as_windows)

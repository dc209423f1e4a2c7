"""Unicode by its byte order mark, or by the zero bytes of UTF-16 and UTF-32 without one."""

from __future__ import annotations

import codecs
import unicodedata

from handler.documents.charsets.decoded import Decoded, refusal
from handler.documents.charsets.labels import usual_name
from handler.errors import DocumentRejected

# UTF-32's marks come before UTF-16's, which they begin with.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_MARK = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
# Categories of Unicode that text has none of: not assigned, and for private use.
_NOT_TEXT = {"Cn", "Co", "Cs"}
_WHITE_SPACE = set("\t\n\r\f\v")
_SAMPLE = 100_000  # characters


def read_marked(content: bytes) -> tuple[bytes, str] | None:
    """The content without its mark, and the codec that the mark names; None without one."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :], codec
    return None


def decode_utf16(content: bytes, codec: str) -> Decoded:
    """The text after a mark of UTF-16 or UTF-32. A few damaged characters are replaced."""
    name = usual_name(codec)
    text = content.decode(codec, "replace")
    genuine = content.count("\ufffd".encode(codec))
    damaged = text.count("\ufffd") - genuine
    if damaged <= 0:
        return Decoded(text, name)
    if damaged * 20 > len(text):
        raise refusal(f"The file begins as {codec[:6].upper()}, but is damaged further on")
    return Decoded(text, name, (f"{_counted(damaged)} of the file could not be decoded.",))


def decode_without_mark(content: bytes) -> Decoded:
    """The text of UTF-16 or UTF-32 without a mark. Raises DocumentRejected for anything else."""
    readings = {}
    for codec in _WITHOUT_MARK:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            readings[codec] = text
    likely = max(readings, key=lambda codec: _ascii_share(readings[codec]), default=None)
    others = [_ascii_share(text) for codec, text in readings.items() if codec != likely]
    if likely is None or _ascii_share(readings[likely]) <= max(others, default=-1.0):
        raise DocumentRejected(
            "unsupported_file",
            "The file holds binary data, not text, and is in no format that can be read.",
        )
    warning = f"The character set was not declared; it was taken for {usual_name(likely)}."
    return Decoded(readings[likely], usual_name(likely), (warning,))


def _is_text(text: str) -> bool:
    return all(
        character in _WHITE_SPACE or unicodedata.category(character) not in {"Cc", *_NOT_TEXT}
        for character in set(text)
    )


def _ascii_share(text: str) -> float:
    """The right order of bytes has spaces and line ends; the wrong one has rare characters."""
    sample = text[:_SAMPLE]
    return len(sample.encode("ascii", "ignore")) / max(1, len(sample))


def _counted(number: int) -> str:
    return "1 character" if number == 1 else f"{number:,} characters"

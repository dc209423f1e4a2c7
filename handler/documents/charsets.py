"""Bytes to characters, in a character set that is declared or unmistakable.

A wrong guess would turn the text into nonsense that surfaces only in search results. So this
module never guesses: where several character sets fit, it refuses the file and says what to do.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from handler.errors import DocumentRejected

# UTF-32's marks come before UTF-16's, which they begin with.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Python's "text encodings" that are escapes rather than character sets.
NOT_CHARACTER_SETS = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}
# What browsers take these names to mean (encoding.spec.whatwg.org, "Names and labels").
BROWSER_MEANING = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
}
# The character sets of files that are not in Unicode.
LEGACY = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
LATIN = {"cp1250", "cp1252", "cp1254"}
# In these sets the bytes of Hebrew text (cp1255) are all letters, too.
MISTAKEN_FOR_HEBREW = {"cp1251", "cp1253", "koi8_r"}
# The accented letters of the languages that are written in the LATIN sets.
ALPHABETS = [
    set(letters)
    for letters in (
        "àâæçéèêëîïôœùûüÿ",  # French
        "äöüß",  # German
        "áéíñóúü",  # Spanish
        "áàâãçéêíóôõúü",  # Portuguese
        "àèéìíòóù",  # Italian
        "àçèéíïòóúü",  # Catalan
        "åäöæøé",  # Danish, Norwegian, Swedish, Finnish
        "ëïéöüèê",  # Dutch
        "áðéíóúýþæö",  # Icelandic
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýž",  # Czech
        "áäčďéíľňóôšťúýž",  # Slovak; ĺ and ŕ are rare, and å and à in another set
        "áéíóöőúüű",  # Hungarian
        "čćđšž",  # Croatian, Slovene
        "ăâîşţ",  # Romanian
        "çğıöşüâîû",  # Turkish
    )
]

# charset_normalizer gives each reading two shares: its coherence (the letters are as frequent as
# in some language) and its chaos (it looks like noise). A reading's plausibility is the first
# minus CHAOS_WEIGHT times the second, and readings within PLAUSIBILITY_MARGIN of the best may
# all be right. Measured on 21 sentences in 14 languages and their first 2 to 10 words, 168 texts:
# no text is read wrong with weights of 0 to 6 and margins of 0.05 to 0.3. A weight of 3 reads 83
# of them and refuses 85; without a weight only 69 are read, and with a margin of 0.3 only 77.
CHAOS_WEIGHT = 3
PLAUSIBILITY_MARGIN = 0.15
LANGUAGE_THRESHOLD = 0.05  # languages with less coherence do not count
# Among the LATIN sets alphabets decide: each rival must leave at least twice as many accented
# letters unexplained, and two more, so that one foreign name decides nothing.
STRANGE_LETTER_RATIO = 2
STRANGE_LETTER_LEAD = 2
ALPHABET_SAMPLE = 100_000  # characters

SAVE_AS_UTF8 = (
    "save it as UTF-8, or say its character set in the content type (text/plain; charset=…)."
)

CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
# HTML 5 says the first 1,024 bytes; many pages have it a little later.
META_WITHIN = 4_096


@dataclass(frozen=True)
class Decoded:
    """A file's characters, and how they were found."""

    text: str
    charset: str  # its usual name: "utf-8", "windows-1252" …
    warnings: tuple[str, ...] = ()  # what was guessed or replaced; a sentence each


def decode(content: bytes, *, charset: str | None = None, is_html: bool = False) -> Decoded:
    """The text in `content`. charset: the declared character set, if there is one.

    Raises DocumentRejected if the content is not text, or its character set is unclear.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Decoded(_decode_strictly(content, name), name.removesuffix("-sig"))
    utf8 = _try(content, "utf-8")
    declared = _decode_declared(content, charset, is_html=is_html, is_utf8=utf8 is not None)
    if declared is not None:
        return Decoded(declared, "?")
    if b"\x00" in content:
        return Decoded(_decode_utf16_without_mark(content), "utf-16")
    return Decoded(_detect(content), "?") if utf8 is None else Decoded(utf8, "utf-8")


def _decode_declared(
    content: bytes, charset: str | None, *, is_html: bool, is_utf8: bool
) -> str | None:
    """The text in the declared character set, or in the page's own; None if neither fits."""
    for label in (charset, _meta_charset(content) if is_html else None):
        codec = _codec(label)
        if codec is None:
            continue
        # Any bytes can be read in a set of one byte a character. So if the content is valid
        # UTF-8 and not just ASCII, it is UTF-8 with the wrong label.
        if is_utf8 and _is_single_byte(codec):
            continue
        text = _try(content, codec)
        if text is not None and "\x00" not in text:
            return text
    return None


def _try(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return None


def _decode_strictly(content: bytes, name: str) -> str:
    text = _try(content, name)
    if text is None:
        label = name.removesuffix("-sig").upper()
        message = f"The file begins as {label}, but is damaged further on; {SAVE_AS_UTF8}"
        raise DocumentRejected("invalid_file", message)
    return text


def _codec(label: str | None) -> str | None:
    """The name of the codec for a declared character set, or None if there is none."""
    try:
        name = codecs.lookup(label).name if label else ""
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    if not name or name in NOT_CHARACTER_SETS:
        return None
    return BROWSER_MEANING.get(name, name)


def _is_single_byte(name: str) -> bool:
    """Whether each byte is a character: then most of the upper 128 bytes are, too."""
    try:
        return len(bytes(range(128, 256)).decode(name, "ignore")) > 64
    except (UnicodeError, LookupError):  # LookupError: not a text encoding (hex, rot13 …)
        return False


def _meta_charset(content: bytes) -> str | None:
    found = META_CHARSET.search(content[:META_WITHIN])
    label = found[1].decode("ascii", "ignore") if found else None
    # The label itself is in ASCII, so the page is in neither of these, whatever it says (HTML 5).
    return None if label and label.lower().startswith(("utf-16", "utf-32")) else label


def _decode_utf16_without_mark(content: bytes) -> str:
    """UTF-16 has a zero byte in each character below 256; anything else with zeros is binary."""
    pairs = len(content) // 2
    even, odd = content[::2].count(0), content[1::2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > pairs / 4 and others < zeros / 8:
            text = _try(content, name)
            if text is not None and not CONTROLS.search(text):
                return text
    raise DocumentRejected(
        "unsupported_file",
        "The file holds binary data, not text, and is in no format that can be read.",
    )


def _detect(content: bytes) -> str:
    """The text in one of the LEGACY sets, if only one reading is possible."""
    readings = _plausible_readings(content)
    if not readings:
        message = f"The file is not UTF-8 text, nor in a recognizable character set; {SAVE_AS_UTF8}"
        raise DocumentRejected("invalid_file", message)
    if len(set(readings.values())) == 1:
        return next(iter(readings.values()))
    strange = sorted((_strange_letters(text), name) for name, text in readings.items())
    (fewest, name), (next_fewest, next_name) = strange[:2]
    if (
        readings.keys() <= LATIN
        and next_fewest >= STRANGE_LETTER_RATIO * fewest + STRANGE_LETTER_LEAD
    ):
        return readings[name]
    names = " or ".join(sorted((name, next_name)))
    message = f"The file is not UTF-8, and may be {names} or another character set; {SAVE_AS_UTF8}"
    raise DocumentRejected("invalid_file", message)


def _plausible_readings(content: bytes) -> dict[str, str]:
    """The texts that the content may be, by character set; empty if no LEGACY set fits."""
    from charset_normalizer import from_bytes  # imported here because most files are UTF-8

    matches = list(from_bytes(content, cp_isolation=LEGACY, language_threshold=LANGUAGE_THRESHOLD))
    if not matches:
        return {}
    plausibility = {
        match.encoding: match.coherence - CHAOS_WEIGHT * match.chaos for match in matches
    }
    best = max(plausibility, key=plausibility.__getitem__)
    return {
        match.encoding: str(match)
        for match in matches
        if plausibility[match.encoding] > plausibility[best] - PLAUSIBILITY_MARGIN
        or {match.encoding, best} <= LATIN  # alphabets tell these apart better
        or (match.encoding == "cp1255" and best in MISTAKEN_FOR_HEBREW)
    }


def _strange_letters(text: str) -> int:
    """The number of accented letters that are not in the alphabet that fits best."""
    sample = text[:ALPHABET_SAMPLE].lower()
    letters = [letter for letter in sample if letter > "\x7f" and letter.isalpha()]
    return min(sum(letter not in alphabet for letter in letters) for alphabet in ALPHABETS)

"""Bytes to characters. A character set is declared, or plain to see, or the file is refused.

A wrong guess would be nonsense that nobody notices before searching for it, so there are no
guesses: where several character sets fit, the reason says what to do about it.
"""

from __future__ import annotations

import codecs
import re

from handler.errors import DocumentRejected

# The longer ones first: UTF-32's begins as UTF-16's.
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
SAID_FOR = {"ascii": "cp1252", "iso8859-1": "cp1252", "shift_jis": "cp932", "gb2312": "gb18030"}
# Those that files have been written in, besides Unicode's.
LEGACY = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
LATIN = {"cp1250", "cp1252", "cp1254"}
# A text in Hebrew's cp1255 is nothing but letters in these as well.
TAKEN_FOR_HEBREW = {"cp1251", "cp1253", "koi8_r"}
# The letters of the languages that are written in these three, beside a–z.
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
CURE = "save it as UTF-8, or say its character set in the content type (text/plain; charset=…)."

CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
# HTML 5: within the first 1,024 bytes; many a page has it a little later.
META_WITHIN = 4_096


def decode(content: bytes, *, charset: str | None = None, is_html: bool = False) -> str:
    """The text in `content`, of which `charset` is the declared character set, if one is.

    Raises DocumentRejected if it is not text, or text in no character set that can be told.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_strictly(content, name)
    unicode = _try(content, "utf-8")
    for label in (charset, _meta_charset(content) if is_html else None):
        codec = _codec(label)
        # Anything can be read in a set of one byte a character. What is valid UTF-8 besides, and
        # not by being ASCII, is UTF-8 with the wrong label.
        if codec and not (unicode is not None and _is_single_byte(codec)):
            text = _try(content, codec)
            if text is not None and "\x00" not in text:
                return text
    if b"\x00" in content:
        utf16 = _utf16_without_mark(content)
        if utf16 is None:
            raise DocumentRejected(
                "unsupported_file",
                "The file holds binary data, not text; no format that can be read is known by it.",
            )
        return utf16
    return _detect(content) if unicode is None else unicode


def _try(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return None


def _decode_strictly(content: bytes, name: str) -> str:
    text = _try(content, name)
    if text is None:
        label = name.removesuffix("-sig").upper()
        message = f"The file begins as {label}, but is damaged further on; {CURE}"
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
    return SAID_FOR.get(name, name)


def _is_single_byte(name: str) -> bool:
    """Whether a byte is a character: then most of the upper 128 are characters by themselves."""
    try:
        return len(bytes(range(128, 256)).decode(name, "ignore")) > 64
    except (UnicodeError, LookupError):  # LookupError: not a text encoding (hex, rot13 …)
        return False


def _meta_charset(content: bytes) -> str | None:
    found = META_CHARSET.search(content[:META_WITHIN])
    label = found[1].decode("ascii", "ignore") if found else None
    # It was found by reading bytes as ASCII, so it is none of these, whatever it says (HTML 5).
    return None if label and label.lower().startswith(("utf-16", "utf-32")) else label


def _utf16_without_mark(content: bytes) -> str | None:
    """UTF-16, told by the zero in each character below 256, if it is nothing but text."""
    pairs = len(content) // 2
    even, odd = content[::2].count(0), content[1::2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > pairs / 4 and others < zeros / 8:
            text = _try(content, name)
            if text is not None and not CONTROLS.search(text):
                return text
    return None


def _detect(content: bytes) -> str:
    """The text in one of the LEGACY sets, if only one can be meant."""
    from charset_normalizer import from_bytes  # only here, since most files are UTF-8

    matches = list(from_bytes(content, cp_isolation=LEGACY, language_threshold=0.05))
    if not matches:
        message = f"The file is not UTF-8 text, nor in a character set that can be told; {CURE}"
        raise DocumentRejected("invalid_file", message)
    likelihoods = {match.encoding: match.coherence - 3 * match.chaos for match in matches}
    best = max(likelihoods, key=likelihoods.__getitem__)
    near = {
        match.encoding: str(match)
        for match in matches
        if likelihoods[match.encoding] > likelihoods[best] - 0.15
        or {match.encoding, best} <= LATIN  # the alphabets know better
        or (match.encoding == "cp1255" and best in TAKEN_FOR_HEBREW)
    }
    if len(set(near.values())) == 1:
        return next(iter(near.values()))
    # How many of its accents each reading leaves unexplained; the fewest first.
    strange = sorted((_strange_letters(text), name) for name, text in near.items())
    (least, name), (next_least, next_name) = strange[:2]
    if near.keys() <= LATIN and next_least >= 2 * least + 2:
        return near[name]
    names = " or ".join(sorted((name, next_name)))
    message = f"The file is not UTF-8, and may be {names} or another character set; {CURE}"
    raise DocumentRejected("invalid_file", message)


def _strange_letters(text: str) -> int:
    """How many letters beyond a–z are not of the alphabet that most of them are of."""
    letters = [letter for letter in text[:100_000].lower() if letter > "\x7f" and letter.isalpha()]
    return min(sum(letter not in alphabet for letter in letters) for alphabet in ALPHABETS)

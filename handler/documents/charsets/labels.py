"""Names of character sets: from the labels that files state to Python's codecs, and back.

Labels mean what browsers take them to mean (encoding.spec.whatwg.org, "Names and labels"), even
where that is another set: Latin-1 is windows-1252. A label that browsers do not know may be one of
Python's. Decodes nothing.
"""

from __future__ import annotations

import codecs

# Labels that Python lacks or takes to mean a smaller set, by the codec of what they mean.
_WEB_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    "iso8859-2": "iso88592",
    "iso8859-3": "iso88593",
    "iso8859-4": "iso88594",
    "iso8859-5": "iso88595",
    "iso8859-6": "csiso88596e csiso88596i iso-8859-6-e iso-8859-6-i iso88596",
    "iso8859-7": "iso88597 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i iso-8859-8-e iso-8859-8-i iso88598 logical visual",
    "iso8859-10": "iso885910",
    "iso8859-13": "iso885913",
    "iso8859-14": "iso885914",
    "iso8859-15": "csisolatin9 iso885915",
    "koi8-r": "koi koi8",
    "koi8-u": "koi8-ru",
    "mac-roman": "csmacintosh mac x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "mac-latin2": "x-mac-ce x-mac-centraleurroman",
    "mac-greek": "x-mac-greek",
    "mac-turkish": "x-mac-turkish",
    "mac-iceland": "x-mac-icelandic",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 tis620 windows-874",
    "cp1250": "x-cp1250",
    "cp1251": "x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii us-ascii cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
    "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 latin-1 x-cp1252 x-ansi",
    "cp1253": "x-cp1253",
    "cp1254": "csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 "
    "latin5 x-cp1254",
    "cp1255": "x-cp1255",
    "cp1256": "x-cp1256",
    "cp1257": "x-cp1257",
    "cp1258": "x-cp1258",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk "
    "euc-cn cp936 ms936",
    "cp950": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc_jp": "cseucpkdfmtjapanese x-euc-jp",
    "cp932": "csshiftjis shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 "
    "ksc_5601 windows-949 x-windows-949",
    "utf-16-be": "unicodefffe",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16",
}
_CODECS = {label: codec for codec, labels in _WEB_LABELS.items() for label in labels.split()}
# Python's names for the same sets, where a detector or a label yields them.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "shift_jis_2004": "cp932",
    "euc_jis_2004": "euc_jp",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "big5hkscs": "cp950",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
    "utf-8-sig": "utf-8",
}
# Python's "text encodings" that are escapes rather than character sets.
_NOT_CHARACTER_SETS = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}
_USUAL_NAMES = {
    "cp874": "windows-874",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "euc_jp": "euc-jp",
    "cp950": "big5",
    "hz": "hz-gb-2312",
    "mac-roman": "macintosh",
    "mac-cyrillic": "x-mac-cyrillic",
    "mac-latin2": "x-mac-ce",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "utf-32-le": "utf-32le",
    "utf-32-be": "utf-32be",
}


def codec_of(label: str | None) -> str | None:
    """The codec for a label; None if there is none."""
    label = (label or "").strip().lower()
    if not label:
        return None
    if label in _CODECS:
        return _CODECS[label]
    try:
        info = codecs.lookup(label)
        "".encode(info.name)  # raises LookupError if it is none of text (hex, rot13 …)
    except (LookupError, ValueError, UnicodeError):  # ValueError: a NUL in the name
        return None
    return None if info.name in _NOT_CHARACTER_SETS else _WIDER.get(info.name, info.name)


def usual_name(codec: str) -> str:
    """The usual name of a codec's character set, in lower case."""
    if codec in _USUAL_NAMES:
        return _USUAL_NAMES[codec]
    if codec.startswith("cp125"):
        return f"windows-{codec[2:]}"
    if codec.startswith("cp"):
        return f"ibm{codec[2:]}"
    if codec.startswith("iso8859"):
        return f"iso-{codec[3:]}"
    if codec.startswith("iso2022"):
        return f"iso-2022-{codec[8:10]}"
    return codec.replace("_", "-")

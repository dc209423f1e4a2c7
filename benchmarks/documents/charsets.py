"""Known texts in legacy character sets, undeclared: read right, refused, or wrong?

The texts are Django's translated messages; each is encoded into the sets that its language was
written in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.documents.asking import reader
from benchmarks.measuring.corpora import messages

# Python's codecs, by the locales (Django's names) of the languages that used them.
CHARSETS: dict[str, dict[str, str]] = {
    "Unicode": {
        "utf_8": "de ru ja th",
        "utf_8_sig": "de ru ja th",
        "utf_16": "de ru ja th",
        "utf_16_le": "de ru ja th",
        "utf_16_be": "de ru ja th",
        "utf_32": "de ru ja th",
    },
    "western": {
        "cp1252": "de fr es pt it sv nl da",
        "latin_1": "de fr es pt it sv nl da",
        "iso8859_15": "de fr es fi",
        "cp850": "de fr es",
        "mac_roman": "de fr es",
    },
    "central European": {
        "cp1250": "cs pl hu ro hr sk sl",
        "iso8859_2": "cs pl hu ro hr sk sl",
        "cp852": "cs pl hu",
    },
    "Baltic, Turkish": {
        "cp1257": "lt lv et",
        "iso8859_13": "lt lv et",
        "cp1254": "tr",
        "iso8859_9": "tr",
    },
    "Cyrillic": {
        "cp1251": "ru uk bg sr",
        "koi8_r": "ru",
        "koi8_u": "uk",
        "iso8859_5": "ru bg",
        "cp866": "ru",
        "mac_cyrillic": "ru bg",
    },
    "Greek": {"cp1253": "el", "iso8859_7": "el"},
    "Hebrew, Arabic": {"cp1255": "he", "iso8859_8": "he", "cp1256": "ar fa", "iso8859_6": "ar"},
    "Thai, Vietnamese": {"cp874": "th", "tis_620": "th", "cp1258": "vi"},
    "Japanese": {"shift_jis": "ja", "cp932": "ja", "euc_jp": "ja", "iso2022_jp": "ja"},
    "Chinese": {"gb18030": "zh_Hans", "gbk": "zh_Hans", "big5": "zh_Hant", "hz": "zh_Hans"},
    "Korean": {"euc_kr": "ko", "cp949": "ko", "iso2022_kr": "ko", "johab": "ko"},
}
LENGTHS = (150, 600, 3_000)  # characters
START = 400  # characters of a language's messages that are left out
SPACE = re.compile(r"\s+")


@dataclass
class CharsetCounts:
    """How a reader did with the texts of a group of character sets."""

    group: str
    reader: str
    texts: int = 0
    right: int = 0
    refused: int = 0
    warned: int = 0  # wrong, with a warning
    wrong: int = 0  # wrong in silence
    wrong_sets: list[str] = field(default_factory=list)  # where


def read_charsets(folder: Path, checkouts: Mapping[str, Path]) -> list[CharsetCounts]:
    """Write the texts into the folder, and read them with each checkout."""
    counts = []
    with ExitStack() as stack:
        readers = {
            name: stack.enter_context(closing(reader(root))) for name, root in checkouts.items()
        }
        for group, charsets in CHARSETS.items():
            made = [(codec, *one) for codec in charsets for one in encoded(codec, charsets[codec])]
            for name, asked in readers.items():
                count = CharsetCounts(group, name)
                for number, (codec, text, content) in enumerate(made):
                    path = folder / f"{codec}-{number}.txt"
                    path.write_bytes(content)
                    add(count, codec, text, asked.ask({"path": str(path)}) or {"rejected": "died"})
                counts.append(count)
    return counts


def encoded(codec: str, locales: str) -> Iterator[tuple[str, bytes]]:
    """Texts with their bytes, in a few lengths; only words that the character set can write."""
    for locale in locales.split():
        written = [word for word in messages(locale).split() if is_written(word, codec)]
        text = " ".join(written)[START:]
        for length in LENGTHS:
            part = text[:length].strip()
            if not part.isascii():
                yield part, part.encode(codec)


def is_written(word: str, codec: str) -> bool:
    """Whether the codec can write the word, and reads it as it was."""
    try:
        return word.encode(codec).decode(codec) == word
    except UnicodeError:
        return False


def add(count: CharsetCounts, codec: str, text: str, answer: Mapping[str, object]) -> None:
    """Count what a reader made of one text."""
    count.texts += 1
    if "rejected" in answer:
        count.refused += 1
    elif folded(str(answer["text"])) == folded(text):
        count.right += 1
    elif answer["warnings"]:
        count.warned += 1
    else:
        count.wrong += 1
        if codec not in count.wrong_sets:
            count.wrong_sets.append(codec)


def folded(text: str) -> str:
    """The text with every run of white space as one space."""
    return SPACE.sub(" ", text).strip()

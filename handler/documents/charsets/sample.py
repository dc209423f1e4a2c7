"""The part of a content that tells its character set. Decodes nothing."""

from __future__ import annotations

import re

_SAMPLE = 100_000  # bytes
# What is beyond ASCII counts with the words around it: in much English, they alone say the set.
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_CONTEXT = 40  # bytes on each side, at most to the end of the line
_ENGLISH_SHARE = 0.03
_ENGLISH_WORDS = re.compile(rb"\b(?:the|of|and|to|in|is|for|that|with|this)\b", re.IGNORECASE)
_ENGLISH_WORD_SHARE = 0.05


def cut(content: bytes) -> bytes:
    """The first bytes, up to one of ASCII, so that no character is cut."""
    if len(content) <= _SAMPLE:
        return content
    end = re.search(rb"[\x00-\x3f][^\x00-\x3f]*\Z", content[:_SAMPLE])
    return content[: end.start() if end else _SAMPLE]


def places_beyond_ascii(content: bytes) -> bytes:
    """The first places with bytes beyond ASCII, a line each."""
    places: list[bytes] = []
    begin = end = length = 0  # of the place that grows
    for run in _BEYOND_ASCII.finditer(content):
        left = max(end, run.start() - _CONTEXT)
        left = max(left, content.rfind(b"\n", left, run.start()) + 1)
        if left > end:
            places.append(content[begin:end])
            length += len(places[-1])
            begin = left
        stop = content.find(b"\n", run.end(), run.end() + _CONTEXT)
        end = stop if stop >= 0 else min(len(content), run.end() + _CONTEXT)
        if length + end - begin > _SAMPLE:
            break
    places.append(content[begin:end])
    return cut(b"\n".join(places).strip(b"\n"))


def is_english(content: bytes) -> bool:
    """Whether the text is almost all ASCII, and has the words that no English goes without."""
    begin = content[:_SAMPLE]
    beyond = sum(len(run) for run in _BEYOND_ASCII.findall(begin))
    if beyond > _ENGLISH_SHARE * len(begin):
        return False
    return len(_ENGLISH_WORDS.findall(begin)) >= _ENGLISH_WORD_SHARE * len(begin.split())

"""The guesses of two detectors: chardet, which knows many sets, and chardetng, Firefox's.

Imports each with the first file that is not UTF-8. Decides nothing; `vote` does.
"""

from __future__ import annotations

from typing import NamedTuple

from handler.documents.charsets.labels import codec_of


class Guess(NamedTuple):
    """A detector's answer."""

    codec: str | None  # None: nothing that can be a legacy character set
    confidence: float  # from 0 to 1


def ask_chardet(content: bytes) -> Guess:
    """chardet's guess: by statistics of 99 sets and of the languages that are written in them."""
    import chardet

    # Supersets are not asked for: ISO-8859-2 is none of windows-1250.
    answer = chardet.detect(content, prefer_superset=False, compat_names=False)
    return Guess(_legacy(answer["encoding"]), answer["confidence"])


def ask_chardetng(content: bytes) -> Guess:
    """chardetng's guess: of the sets that browsers read, without those of DOS and Mac."""
    from chardetng_py import EncodingDetector  # type: ignore[import-untyped]

    detector = EncodingDetector()
    detector.feed(content, last=True)
    return Guess(_legacy(detector.guess(tld=None, allow_utf8=False)), 1.0)


def _legacy(label: str | None) -> str | None:
    codec = codec_of(label)
    return None if codec and codec.startswith(("utf", "iso2022", "hz")) else codec

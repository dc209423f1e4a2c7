"""Superscripts and subscripts as text: 10⁶, H₂O, x^(k), 1st, [1]."""

from __future__ import annotations

import re

SUPERSCRIPTS = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
SUBSCRIPTS = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))
# What follows a number in English, French, Spanish, Italian, Portuguese and Dutch …
ORDINALS = set(
    "st nd rd th er ers re res e es ème èmes eme ier ière ieme ième de o a os as º ª ro do to vo "
    "mo no ra da ta va ma na".split()
)
# … and a Roman number.
ROMAN_ORDINALS = set("st nd rd th er ers re res e es ème èmes eme ième".split())
NUMBER = re.compile(r"\d\.?$")
ROMAN = re.compile(r"(?<!\w)[IVXLC]+$")
# Abbreviations that are written with a raised end.
ABBREVIATIONS = set(
    "Mme Mmes Mlle Mlles Mgr Dr Drs Dre Pr Me Ms Mr Mrs no nos No Nos Cie St Ste Sts Stes Bd Vve "
    "ex Sr Sra Srta Jr Mc".split()
)
LAST_WORD = re.compile(r"\w+$")
MARKS = {"TM": "™", "tm": "™", "SM": "℠", "sm": "℠", "(R)": "®", "(r)": "®"}
MAX_SCRIPT = 24  # characters; a longer one is a remark


def superscript(text: str, before: str) -> str:
    """A superscript, as it is written after the text `before`."""
    if text in MARKS:
        return MARKS[text]
    word = LAST_WORD.search(before)
    if text.lower() in ORDINALS and NUMBER.search(before):
        return text
    if text.lower() in ROMAN_ORDINALS and ROMAN.search(before):
        return text
    if word and word[0] + text.rstrip(".") in ABBREVIATIONS:
        return text
    return _remark(text, before) or raised(text, before)


def subscript(text: str, before: str) -> str:
    """A subscript, as it is written after the text `before`."""
    return _remark(text, before) or lowered(text, before)


def raised(text: str, before: str) -> str:
    """An exponent after `before`: ⁶, or ^(k) if not all its characters exist in small."""
    return _small(text, SUPERSCRIPTS, "^", before)


def lowered(text: str, before: str) -> str:
    """An index after `before`: ₂, or _(k) if not all its characters exist in small."""
    return _small(text, SUBSCRIPTS, "_", before)


def _remark(text: str, before: str) -> str:
    """The text of a script that is no exponent or index; "" for one that may be."""
    if text.startswith("["):
        return text  # a footnote's number
    return f" {text}" if len(text) > MAX_SCRIPT and before else ""


def _small(text: str, characters: dict[str, str], sign: str, before: str) -> str:
    compact = "".join(text.split())
    if compact and all(character in characters for character in compact):
        return "".join(characters[character] for character in compact)
    # Nothing before it, as in a list of footnotes; or a mark, such as * and †.
    if not before or not any(character.isalnum() for character in text):
        return text
    return f"{sign}({text})"

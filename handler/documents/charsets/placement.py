"""Whether the characters of a text stand where text has them. Knows no character set.

In the wrong set letters become signs within words ("ma¤ana"), capitals within small letters
("девЯти"), or letters of another script. Each is odd, and a right text has hardly any of them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Control characters, and those for private use: no text has them, and wrong sets yield them.
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ALPHABETIC = {"LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI"}
_WITHIN_WORDS = set("\u2019'·-–—…®™°©\u00ad\u2011\u00b4`\u200c\u200d")
_NEVER = set("¤¬¦₧⌐")
_AWAY_FROM_LETTERS = set("\u02c6\u02dc¨\u00b8¯†‡‰§½¼¾№≤≥")
_MONEY = set("€£¥¢")
# Bounded, so that a text without spaces takes no longer.
_JOINED = re.compile("([^\\W\\d_]{1,20})([\u2019—])([^\\W\\d_]{1,20})")
_AFTER_APOSTROPHE = {*"s t re ll ve d m em cause clock n i e a o".split()}
_NO_CYRILLIC_WORDS = set("БГДЖЗЛМНПРТФХЦЧШЩ")
_SINGLE_LETTER_WORDS = set("aAiIyYoOuU")
_BOX = re.compile("[\u2500-\u259f]+")
# A preposition may be tied to the word after it.
_TIED = re.compile(r"\w{4}\u00a0\w{1,3}\b")


def oddities(text: str) -> int:
    """The number of characters beyond ASCII that stand where text has none."""
    odd = sum(_is_odd(text, match.start()) for match in _BEYOND_ASCII.finditer(text))
    odd += sum(_is_oddly_joined(*match.groups()) for match in _JOINED.finditer(text))
    odd += sum(len(match[0]) == 1 for match in _BOX.finditer(text))
    return odd + len(_TIED.findall(text))


def is_english_typography(text: str) -> bool:
    """Whether quotation marks stand as in English, and no accented letter is a word."""
    for match in _BEYOND_ASCII.finditer(text):
        character, before, after = _surroundings(text, match.start())
        if character.isalpha() and not before.isalpha() and not after.isalpha():
            return False
        if character == "\u00a0" and before.isalpha() and not before.isupper():
            return False
        if character == "”" and (before.isspace() or after.isalnum()):
            return False
        if character in "“\u2018" and (after.isspace() or before.isalnum()):
            return False
        if character == "\u2019" and after.isalnum() and not before.isalnum():
            return False
    return True


@lru_cache(4_096)
def script(character: str) -> str:
    """The script of a letter, such as LATIN; "" for anything else."""
    return unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else ""


def _surroundings(text: str, at: int) -> tuple[str, str, str]:
    """A character, and its neighbours."""
    before = text[at - 1] if at else " "
    return text[at], before, text[at + 1] if at + 1 < len(text) else " "


def _is_odd(text: str, at: int) -> bool:
    character, before, after = _surroundings(text, at)
    if character.isalpha():
        return _is_odd_letter(character, before, after)
    if unicodedata.category(character) in ("Cn", "Co", "Cc") or character in _NEVER:
        return True
    if character in _AWAY_FROM_LETTERS:
        return before.isalpha() or after.isalpha()
    if character in _MONEY:
        return before.isalpha() and (after.isalpha() or (before.islower() and not after.isdigit()))
    if character == "•":
        return before.isalnum() or after.islower()
    if character in "–—" and script(after) == "CYRILLIC" and after.islower():
        return not before.isalpha()  # a capital letter of Mac's
    if character == "–":
        return before.islower() and after.islower()
    if character in _WITHIN_WORDS or unicodedata.category(character)[0] in "MZ":
        return False
    return script(before) in _ALPHABETIC and script(after) in _ALPHABETIC


def _is_odd_letter(character: str, before: str, after: str) -> bool:
    own, left, right = script(character), script(before), script(after)
    if own in _ALPHABETIC and left != own:
        if left in _ALPHABETIC and right != own:
            return True
        if after.isascii() and right and own != "LATIN":
            return True
    if character in _NO_CYRILLIC_WORDS and before.isspace() and after.isspace():
        return True
    if character.isupper():
        return before.islower() or (before.isupper() and after.islower() and own == "LATIN")
    if character in "ªº":
        return bool(right)
    return character.islower() and before.isupper() and after.isupper()


def _is_oddly_joined(before: str, sign: str, after: str) -> bool:
    """Whether an apostrophe or dash joins letters as no language does: Mac's í and ó do."""
    if script(after[0]) != "LATIN":
        return False
    if sign == "\u2019":
        return len(before) > 2 and after.lower() not in _AFTER_APOSTROPHE
    return any(len(part) == 1 and part not in _SINGLE_LETTER_WORDS for part in (before, after))

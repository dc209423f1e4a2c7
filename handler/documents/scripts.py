"""Raised and lowered characters: 10⁶ is not 106. Knows no file."""

from __future__ import annotations

import re
from typing import Literal

Position = Literal["superscript", "subscript"]
PLAIN = "0123456789+-−=()"
RAISED = dict(zip(PLAIN + "ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
LOWERED = dict(zip(PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))
# Raised by custom only: endings of ordinals (5th, 1er, 2º), abbreviations, signs.
ORDINAL = re.compile(r"st|nd|rd|th|ers?|[eè]?res?|(?:è?m)?es?|o|os|as?", re.IGNORECASE)
CUSTOM = re.compile(r"th|tm|sm|mes?|lles?|\W+", re.IGNORECASE)
MAX_SCRIPT = 12  # characters: more are a remark set small


def script(text: str, position: Position, before: str) -> str:
    """`text` in a raised or lowered position after the text `before`.

    In Unicode's own characters where all have one, otherwise after ^ or _. Plain where nothing
    can fuse, or where the position is a custom: 5th, Mme.
    """
    characters = RAISED if position == "superscript" else LOWERED
    bare = text.strip()
    if not bare:
        return text
    if all(each in characters for each in bare):
        return text.replace(bare, "".join(characters[each] for each in bare))
    follows_word = bool(before) and (before[-1].isalnum() or before[-1] in ")]}")
    if not follows_word or text[0].isspace() or len(bare) > MAX_SCRIPT or " " in bare:
        return text
    is_custom = CUSTOM.fullmatch(bare) or (before[-1].isdigit() and ORDINAL.fullmatch(bare))
    if position == "superscript" and is_custom:
        return text
    return text.replace(bare, f"{'^' if position == 'superscript' else '_'}{bare}")

"""Whether the model can read a text: its vocabulary is English, with some of other scripts.

A word of Thai, Khmer, Amharic and other scripts that the vocabulary lacks becomes the token [UNK],
whatever the word is. So all texts of nothing else have the same vector.
"""

from __future__ import annotations

from handler.limits import MAX_UNKNOWN, UNKNOWN_WARNED


def is_unreadable(unknown: float) -> bool:
    """Whether too much of a text is unknown. unknown: `Tokenizer.unknown_share`, 0 to 1."""
    return unknown > MAX_UNKNOWN


def describe_unknown(unknown: float, subject: str, *, if_unreadable: str) -> str | None:
    """A sentence or two about a text of which the model cannot read a part.

    None if the part is small. subject: the text's name at the start of a sentence, such as "The
    query". if_unreadable: what follows if it is too much, as the end of a sentence.
    """
    if unknown < UNKNOWN_WARNED:
        return None
    sentence = (
        f"{subject} is {unknown:.0%} unknown to the model: its vocabulary is English and lacks "
        "most words of this language or script, or they are longer than 100 characters"
    )
    if is_unreadable(unknown):
        return (
            f"{sentence}. Beyond {MAX_UNKNOWN:.0%} texts all look alike to it, so {if_unreadable}."
        )
    return f"{sentence}. Searches may not find it."

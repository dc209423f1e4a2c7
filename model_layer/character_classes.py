"""What the tokenizer makes of each character by itself: a border, a part of a word, or nothing.

The library is asked once for each character, so the answers are right for its own version of
Unicode, and nothing is guessed from Python's. That is enough, because BERT looks at one character
at a time (Devlin et al. 2018; `BasicTokenizer`): it drops control characters and accents, splits
at white space, at punctuation and around CJK ideographs, and decomposes the rest. Decomposition
also sorts the marks on a letter, but no token of the vocabulary has a mark that can be sorted.
Does not tokenize.
"""

from __future__ import annotations

from tokenizers import Tokenizer as WordPiece

# The classes, each a character, so that those of a text are a string as long as the text.
DROPPED = "0"  # an accent, a control character; the others in a word are the number of characters
WORD = "123"  # that they become, such as "3" for a Hangul syllable
BORDER = "|"  # white space, punctuation or an ideograph: words end before and after it
# Borders on one side. A special token such as "[CLS]" is found before words are, so a text may be
# cut neither after "[" nor before "]".
OPENING = "("
CLOSING = ")"

BRACKETS = {ord("["): OPENING, ord("]"): CLOSING}
# Put between characters that are asked of together: a part of a word, which nothing else becomes.
MARK = "\U0010ffff"
# A table of all characters would need 100 MB.
MOST_KNOWN = 65_536


class CharacterClasses:
    """The classes of a tokenizer's characters, learned as they occur. Thread-safe."""

    def __init__(self, wordpiece: WordPiece) -> None:
        self._normalize = wordpiece.normalizer.normalize_str
        self._split = wordpiece.pre_tokenizer.pre_tokenize_str
        self._ascii = self._ask([chr(code) for code in range(128)]) | BRACKETS
        self._start = self._ascii | {ord(MARK): WORD[0]}
        self._known = dict(self._start)

    def of(self, text: str) -> str:
        """The class of each character. `text` must have no surrogates."""
        if text.isascii():
            return text.translate(self._ascii)
        known = self._known
        if len(known) > MOST_KNOWN:
            known = self._known = dict(self._start)
        new = [char for char in set(text) if ord(char) not in known]
        if new:
            known |= self._ask(new)
        return text.translate(known)

    def _ask(self, characters: list[str]) -> dict[int, str]:
        """The classes of some characters, by code point."""
        normalized = self._normalize(MARK + MARK.join(characters) + MARK)
        pieces = "\0".join(piece for piece, _ in self._split(normalized))
        answers = pieces.split(MARK)[1:-1]
        return {
            ord(char): BORDER if "\0" in answer else str(len(answer))
            for char, answer in zip(characters, answers, strict=True)
        }

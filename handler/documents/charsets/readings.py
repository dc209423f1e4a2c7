"""A text in one character set, and how well it reads in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from handler.documents.charsets.alphabets import foreign_letters
from handler.documents.charsets.placement import oddities, script

_ODD_SHARE = 0.02  # of the characters beyond ASCII
_FEW = 8  # characters, of which a third are easily the same
_FOREIGN_SHARE = 0.1  # names in another language


@dataclass
class Reading:
    """The sample in one character set."""

    codec: str
    text: str
    oddities: int = field(init=False)
    foreign: int = field(init=False)  # letters of no one language
    length: int = field(init=False)  # characters beyond ASCII
    is_latin: bool = field(init=False)
    is_monotonous: bool = field(init=False)  # a letter is every third: the first of two bytes

    def __post_init__(self) -> None:
        beyond = [character for character in self.text if character > "\x7f"]
        self.length = len(beyond)
        self.is_latin = {script(character) for character in set(beyond)} <= {"LATIN", ""}
        commonest = max(Counter(filter(str.isalpha, beyond)).values(), default=0)
        self.is_monotonous = not self.is_latin and commonest * 3 > self.length >= _FEW
        self.oddities = oddities(self.text)
        self.foreign = foreign_letters(self.text) if self.is_latin else 0

    @property
    def is_plausible(self) -> bool:
        # Vietnamese has marks of its own, and no other language's alphabet.
        if self.codec != "cp1258" and self.foreign > _FOREIGN_SHARE * self.length:
            return False
        return not self.is_monotonous and self.oddities <= _ODD_SHARE * self.length

    @property
    def is_flawless(self) -> bool:
        return not self.oddities and not self.foreign

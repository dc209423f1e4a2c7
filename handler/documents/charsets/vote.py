"""The character set of a text that declares none, if two detectors and the text itself agree.

A wrong guess would turn the text into nonsense that surfaces only in search results. So a reading
counts only if its characters stand where text has them (`placement`), and if a second vote says
the same: chardetng, or chardet again on the words beyond ASCII alone. Short texts need more.
"""

from __future__ import annotations

from handler.documents.charsets.decoded import Decoded
from handler.documents.charsets.decoders import decode_strictly
from handler.documents.charsets.detectors import Guess, ask_chardet, ask_chardetng
from handler.documents.charsets.labels import usual_name
from handler.documents.charsets.placement import CONTROLS, is_english_typography
from handler.documents.charsets.readings import Reading
from handler.documents.charsets.sample import cut, is_english, places_beyond_ascii

# With fewer characters beyond ASCII, every other reading must be impossible.
_FEW_LATIN = 6
# With fewer in another script nothing is certain: six letters of Cyrillic can be six of Chinese.
_FEW_OTHER = 8
# chardetng knows no set of DOS or Mac. chardet then counts alone, if it is this sure of it.
_DOS_OR_MAC = ("cp4", "cp7", "cp8", "cp1125", "mac-")
_DOS_CONFIDENCE = 0.1
# Sets that hardly a file is in, and that the detectors take others for.
_RARE = {
    *("iso8859-3", "iso8859-4", "iso8859-10", "iso8859-14", "iso8859-16", "cp720", "cp775"),
    *("cp856", "cp858", "cp860", "cp861", "cp863", "cp864", "cp869", "cp1006", "cp1125"),
    *("ptcp154", "kz1048", "koi8-t", "mac-greek", "mac-iceland", "mac-turkish", "hp-roman8"),
}
_RIVALS = (
    *("cp1250", "iso8859-2", "cp1252", "cp1254", "cp1257"),
    *("cp850", "cp852", "mac-roman", "mac-latin2"),
)
_ENGLISH_RIVALS = ("cp1250", "iso8859-2", "cp1257", "cp850", "cp852")
# The sets that a set of DOS or Mac is mistaken for, or they for it.
_SIBLINGS = {
    "mac-cyrillic": "cp1251",
    "cp1251": "mac-cyrillic",
    "cp437": "cp850",
    "cp865": "cp850",
}
# What windows-1252 has in common with its neighbours, and signs: all that English needs.
_SIGNS = set("\u2019“”\u2018–—…•™©®°€£½¼¾×§·±²³\u00a0«»\u2039\u203a")


def detect(content: bytes) -> Decoded | None:
    """The text in the one character set that is certain; None if none is."""
    reading = _Ballot(content).winner()
    text = decode_strictly(content, reading.codec) if reading else None
    if reading is None or text is None or CONTROLS.search(text):
        return None
    name = usual_name(reading.codec)
    return Decoded(text, name, (f"The character set was not declared; it was taken for {name}.",))


def candidates(content: bytes) -> list[str]:
    """The usual names of what the content may be in, for the refusal."""
    ballot = _Ballot(content)
    guesses = ballot.lines, ballot.words, ballot.whole, ballot.other
    readings = [ballot.reading(guess.codec) for guess in guesses]
    codecs = {reading.codec for reading in readings if reading} - _RARE
    return sorted(map(usual_name, codecs))


class _Ballot:
    """The votes on a content. The readings that they are about are of the same sample."""

    def __init__(self, content: bytes) -> None:
        self._sample = places_beyond_ascii(content)
        self._is_english = is_english(content)
        self._readings: dict[str, Reading | None] = {}
        words = b" ".join(word for word in self._sample.split() if not word.isascii())
        self.lines, self.words = ask_chardet(self._sample), ask_chardet(words)
        self.whole, self.other = ask_chardet(cut(content)), ask_chardetng(self._sample)

    def reading(self, codec: str | None) -> Reading | None:
        """The sample in a character set; None if it is not in it."""
        if codec is None:
            return None
        if codec not in self._readings:
            text = decode_strictly(self._sample, codec)
            is_text = text is not None and not CONTROLS.search(text)
            self._readings[codec] = Reading(codec, text) if text and is_text else None
        return self._readings[codec]

    def winner(self) -> Reading | None:
        """The reading that is certain; None if none is."""
        found = self._winner()
        western = self.reading("cp1252") if found else None
        # Many sets are the same in a few letters. The usual one then gives its name.
        return western if western and found and western.text == found.text else found

    def _winner(self) -> Reading | None:
        first = self.reading(self.lines.codec)
        second = self.reading(self.other.codec)
        if self.lines.codec in _RARE and second and self._agrees(self.words, second):
            first = second
        if first and first.is_plausible and self._is_certain(first):
            return first
        return self._english()

    def _is_certain(self, first: Reading) -> bool:
        whole, words = self._agrees(self.whole, first), self._agrees(self.words, first)
        other = self._agrees(self.other, first)
        if first.codec in _RARE:
            return whole and other and first.length >= _FEW_LATIN
        if first.is_latin and first.length < _FEW_LATIN:
            both = words and other and first.length > 2
            agreed = both or ((words or other) and not self._has_rival(first))
            return agreed and first.length > 1 and first.is_flawless
        if not first.is_latin and first.length < _FEW_OTHER:
            return False
        if self._has_sibling(first) or (not other and self._is_contradicted(first)):
            return False
        alone = first.codec.startswith(_DOS_OR_MAC) and self.lines.confidence >= _DOS_CONFIDENCE
        return words or other or (alone and whole and not first.oddities)

    def _agrees(self, guess: Guess, reading: Reading) -> bool:
        found = self.reading(guess.codec)
        return found is not None and found.text == reading.text

    def _is_contradicted(self, first: Reading) -> bool:
        """Whether chardetng reads another text that is as good."""
        other = self.reading(self.other.codec)
        if other is None or other.is_latin != first.is_latin:
            return False
        return other.oddities <= first.oddities and other.foreign <= first.foreign

    def _has_sibling(self, first: Reading) -> bool:
        """Whether a set that is often mistaken for this one yields another text as good."""
        other = self.reading(_SIBLINGS.get(first.codec))
        return bool(other and other.text != first.text and other.oddities <= first.oddities)

    def _has_rival(self, first: Reading, codecs: tuple[str, ...] = _RIVALS) -> bool:
        """Whether one of the usual sets yields another flawless text."""
        rivals = map(self.reading, codecs)
        return any(rival and rival.text != first.text and rival.is_flawless for rival in rivals)

    def _english(self) -> Reading | None:
        """English with the signs of windows-1252 (“quotes”, €) or with a loan word (café)."""
        reading = self.reading("cp1252")
        if reading is None or not self._is_english or reading.oddities:
            return None
        beyond = {character for character in reading.text if character > "\x7f"}
        if not beyond <= _SIGNS | _SAME_IN_NEIGHBOURS or not is_english_typography(reading.text):
            return None
        has_letters = not beyond <= _SIGNS
        if has_letters and self._has_rival(reading, _ENGLISH_RIVALS):
            return None
        whole, lines = self._agrees(self.whole, reading), self._agrees(self.lines, reading)
        other = self._agrees(self.other, reading)
        agreed = (whole or lines) and other if has_letters else whole + lines + other >= 2
        return reading if agreed else None


def _same_in_neighbours() -> set[str]:
    found = set()
    for byte in range(0xA0, 0x100):
        texts = {bytes([byte]).decode(codec) for codec in ("cp1250", "cp1252", "cp1254")}
        found |= texts if len(texts) == 1 else set()
    return found


_SAME_IN_NEIGHBOURS = _same_in_neighbours()

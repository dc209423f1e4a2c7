"""Texts to token ids (WordPiece), cut at the model's limit.

A long text is tokenized part by part, from the end that is kept, and only until there are enough
tokens. `safe_split` cuts the parts so that the ids are those of the whole text. So a megabyte
costs little: tokenized whole, it would need 100 bytes of memory a token, for 254 tokens.

`tokenizer.json` comes with truncation at 128 and padding to 128; both are switched off here. The
limit is the model's own (256, specials included). Does not pad.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer as WordPiece

from model_layer.artifacts import REBUILD, TOKENIZER, Bundle
from model_layer.errors import BundleError
from model_layer.safe_split import MAX_WORD, is_border, is_one_word, safe_split

# What to leave out of a text that has more tokens than the model reads: its end, its start, or
# nothing.
Truncate = Literal["END", "START", "NONE"]

# Characters of a part. English has four or five a token, so one part is usually enough for 256.
PART_SIZE = 4_096

# Characters of a sample, and samples of a long text, to learn what share of it is unknown.
SAMPLE = 2_000
SAMPLES = 50


@dataclass(frozen=True)
class Tokens:
    """What the model reads of one text."""

    ids: NDArray[np.int32]  # (tokens,), specials included
    truncated: bool  # whether the text had more


class Tokenizer:
    """The model's WordPiece tokenizer. Thread-safe."""

    def __init__(
        self, wordpiece: WordPiece, *, max_tokens: int, part_size: int = PART_SIZE
    ) -> None:
        wordpiece.no_truncation()
        wordpiece.no_padding()
        self.wordpiece = wordpiece  # the library's tokenizer, without truncation and padding
        self._part_size = part_size
        self._room = max_tokens - 2  # for the text's own tokens, beside [CLS] and [SEP]
        names = ("[CLS]", "[SEP]", "[UNK]")
        self._cls, self._sep, self._unk = (_special(wordpiece, name) for name in names)

    def tokenize(self, text: str, truncate: Truncate = "END") -> Tokens:
        """The ids of `[CLS] text [SEP]`, at most `max_tokens` of them unless `truncate` is "NONE".

        A lone surrogate, which UTF-8 cannot encode, is read as U+FFFD.
        """
        ids = self._enough_ids(text, truncate)
        truncated = len(ids) > self._room and truncate != "NONE"
        if truncated:
            ids = ids[-self._room :] if truncate == "START" else ids[: self._room]
        return Tokens(np.concatenate([self._cls, ids, self._sep]), truncated)

    def unknown_share(self, text: str) -> float:
        """The share of the text's characters that are in words which the model reads as [UNK].

        White space does not count. Of a long text, parts of it are looked at.
        """
        unknown = total = 0
        for sample in _samples(_without_surrogates(text)):
            encoding = self.wordpiece.encode(sample, add_special_tokens=False)
            for token_id, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
                total += end - start
                unknown += end - start if token_id == self._unk[0] else 0
        return unknown / total if total else 0.0

    def _enough_ids(self, text: str, truncate: Truncate) -> NDArray[np.int32]:
        """The text's own ids, or a run of more than fit, from the end that is kept."""
        from_end = truncate == "START"
        parts = safe_split(text, self._part_size)
        found: list[NDArray[np.int32]] = []
        count = 0
        for part in reversed([*parts]) if from_end else parts:
            found.append(self._part_ids(part))
            count += len(found[-1])
            if count > self._room and truncate != "NONE":
                break
        return np.concatenate(found[::-1] if from_end else found)

    def _part_ids(self, part: str) -> NDArray[np.int32]:
        """The ids of one part. An endless word is [UNK], without a call of the library.

        safe_split makes a part this long only of a run without borders, apart from its first
        character. The library would need a hundred megabytes for each of its megabytes.
        """
        if len(part) > 2 * self._part_size:
            word = part[1:] if is_border(part[0]) else part
            if self._is_unknown(word):
                return np.concatenate([self._library_ids(part[: -len(word)]), self._unk])
        return self._library_ids(part)

    def _library_ids(self, text: str) -> NDArray[np.int32]:
        try:
            encoding = self.wordpiece.encode(text, add_special_tokens=False)
        except TypeError:  # raised for a lone surrogate
            encoding = self.wordpiece.encode(_without_surrogates(text), add_special_tokens=False)
        return np.array(encoding.ids, dtype=np.int32)

    def _is_unknown(self, text: str) -> bool:
        """Whether the text is certainly one word, and too long for WordPiece.

        Normalization may shorten a word (it drops accents), so its first characters are measured.
        """
        if not is_one_word(text):
            return False
        normalized: str = self.wordpiece.normalizer.normalize_str(text[: 10 * MAX_WORD])
        return len(normalized) > MAX_WORD


def _without_surrogates(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which UTF-8 cannot encode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _samples(text: str) -> Iterator[str]:
    """The text, or parts of it at equal distances."""
    step = max(SAMPLE, len(text) // SAMPLES)
    for start in range(0, len(text), step):
        yield text[start : start + SAMPLE]


def _special(wordpiece: WordPiece, name: str) -> NDArray[np.int32]:
    token_id: int | None = wordpiece.token_to_id(name)
    if token_id is None:
        raise ValueError(f"no {name} in its vocabulary")
    return np.array([token_id], dtype=np.int32)


def load_tokenizer(bundle: Bundle) -> Tokenizer:
    """Load the bundle's tokenizer. Raises BundleError if the file is not one."""
    path = bundle.path(TOKENIZER)
    try:
        return Tokenizer(WordPiece.from_file(str(path)), max_tokens=bundle.max_tokens)
    except Exception as error:  # `tokenizers` raises bare Exception
        raise BundleError(f"{path} is not the model's tokenizer ({error}). {REBUILD}") from error

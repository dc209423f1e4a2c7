"""Texts to token ids (WordPiece), cut at the model's limit.

A long text is tokenized part by part, from the end that is kept, and only until there are enough
tokens. `safe_split` cuts the parts so that the ids are those of the whole text. So a megabyte
costs little, whatever its characters: tokenized whole, it would need 100 bytes of memory a
character, for 254 tokens.

`tokenizer.json` comes with truncation at 128 and padding to 128; both are switched off here. The
limit is the model's own (256, specials included). Does not pad.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

# The library would hand each text to threads of its own. It reads this variable at every call.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from tokenizers import Tokenizer as WordPiece

from model_layer.artifacts import TOKENIZER, Bundle
from model_layer.errors import BundleError
from model_layer.places import REBUILD
from model_layer.safe_split import SafeSplitter

# What to leave out of a text that has more tokens than the model reads: its end, its start, or
# nothing.
Truncate = Literal["END", "START", "NONE"]

# Called between two parts of a text; it may raise.
Check = Callable[[], None]

SURROGATE = re.compile("[\ud800-\udfff]")

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


class Piece(NamedTuple):
    """A token: a word, or a piece of one."""

    id: int
    text: str  # as the vocabulary has it: ##ing continues a word, [UNK] is unknown
    start: int | None  # its place in the text, a half-open range of characters …
    end: int | None  # … and None if it is not from the text


class Tokenizer:
    """The model's WordPiece tokenizer. Thread-safe."""

    def __init__(
        self, wordpiece: WordPiece, *, max_tokens: int, part_size: int = PART_SIZE
    ) -> None:
        wordpiece.no_truncation()
        wordpiece.no_padding()
        self.wordpiece = wordpiece  # the library's tokenizer, without truncation and padding
        self._room = max_tokens - 2  # for the text's own tokens, beside [CLS] and [SEP]
        names = ("[CLS]", "[SEP]", "[UNK]")
        self._cls, self._sep, self._unk = (_special(wordpiece, name) for name in names)
        self._splitter = SafeSplitter(wordpiece, part_size)
        self._part_size = part_size

    def tokenize(self, text: str, truncate: Truncate = "END", check: Check | None = None) -> Tokens:
        """The ids of `[CLS] text [SEP]`, at most `max_tokens` of them unless `truncate` is "NONE".

        check: called between the parts of a long text; what it raises ends the work.
        A lone surrogate, which UTF-8 cannot encode, is read as U+FFFD.
        """
        from_end = truncate == "START"
        found: list[NDArray[np.int32]] = []
        count = 0
        for ids in self._ids(text, check, from_end=from_end):
            found.append(ids)
            count += len(ids)
            if count > self._room and truncate != "NONE":
                break
        if from_end:
            found.reverse()
        if count <= self._room or truncate == "NONE":
            return Tokens(np.concatenate([self._cls, *found, self._sep]), truncated=False)
        ids = np.concatenate(found)
        ids = ids[-self._room :] if from_end else ids[: self._room]
        return Tokens(np.concatenate([self._cls, ids, self._sep]), truncated=True)

    def count(self, text: str, check: Check | None = None) -> int:
        """The tokens of the whole text, [CLS] and [SEP] included, without keeping them.

        check: as in `tokenize`.
        """
        return 2 + sum(len(ids) for ids in self._ids(text, check))

    def pieces(self, text: str, check: Check | None = None) -> Iterator[Piece]:
        """The tokens of `[CLS] text [SEP]`, all of them, with their places in the text.

        check: as in `tokenize`.
        """
        yield self._special_piece(self._cls)
        parts = self._splitter.parts(_without_surrogates(text))
        for number, (part, places) in enumerate(parts):
            if number and check is not None:
                check()
            if part and not part.isspace():
                # As in `_part_ids`, other threads run meanwhile.
                (encoding,) = self.wordpiece.encode_batch([part], add_special_tokens=False)
                found = zip(encoding.ids, encoding.tokens, encoding.offsets, strict=True)
                for token_id, token, (start, end) in found:
                    yield Piece(token_id, token, places[start], places[end - 1] + 1)
        yield self._special_piece(self._sep)

    def unknown_share(self, text: str) -> float:
        """The share of the text's characters that are in words which the model reads as [UNK].

        White space does not count. Of a long text, parts of it are looked at.
        """
        unknown = total = 0
        for sample in _samples(text):
            encoding = self.wordpiece.encode(_without_surrogates(sample), add_special_tokens=False)
            for token_id, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
                total += end - start
                unknown += end - start if token_id == self._unk[0] else 0
        return unknown / total if total else 0.0

    def _special_piece(self, special: NDArray[np.int32]) -> Piece:
        token_id = int(special[0])
        text = self.wordpiece.id_to_token(token_id)
        assert text is not None
        return Piece(token_id, text, None, None)

    def _ids(
        self, text: str, check: Check | None, *, from_end: bool = False
    ) -> Iterator[NDArray[np.int32]]:
        """The ids of the text's parts, in order or from the last to the first."""
        if len(text) > self._part_size:
            text = _without_surrogates(text)
        for number, (part, _) in enumerate(self._splitter.parts(text, from_end=from_end)):
            if number and check is not None:
                check()
            if part and not part.isspace():
                yield self._part_ids(part)

    def _part_ids(self, part: str) -> NDArray[np.int32]:
        # Unlike `encode`, it keeps no offsets, and other threads run meanwhile: the event loop of a
        # server does not wait for long requests.
        encode = partial(self.wordpiece.encode_batch_fast, add_special_tokens=False)
        try:
            (encoding,) = encode([part])
        except TypeError:  # raised for a lone surrogate
            (encoding,) = encode([_without_surrogates(part)])
        return np.array(encoding.ids, dtype=np.int32)


def _without_surrogates(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which UTF-8 cannot encode."""
    if text.isascii() or SURROGATE.search(text) is None:
        return text
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

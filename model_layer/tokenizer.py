"""Texts to model token ids (WordPiece), cut at the model's limit.

`tokenizer.json` comes with truncation at 128 and padding to 128 switched on; both are switched
off here, and the limit is the model's own (256, specials included). Does not pad, ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer as WordPiece

from model_layer.artifacts import CURE, TOKENIZER, Bundle
from model_layer.errors import BundleError
from model_layer.safe_split import MAX_WORD, is_border, is_one_word, safe_split

# What to do with a text that has more tokens than the model reads: leave out its end, leave out
# its start, or refuse it.
Truncate = Literal["END", "START", "NONE"]

# Long texts are tokenized in pieces of about so many characters. English has four or five a
# token, so the first piece is mostly ample for 256 tokens.
PIECE = 4_096


@dataclass(frozen=True)
class Tokens:
    """What the model reads of one text."""

    ids: NDArray[np.int32]  # (tokens,), specials included
    truncated: bool  # whether the text had more


class Tokenizer:
    """The model's WordPiece tokenizer. Thread-safe."""

    def __init__(self, wordpiece: WordPiece, *, max_tokens: int, piece: int = PIECE) -> None:
        wordpiece.no_truncation()
        wordpiece.no_padding()
        self.wordpiece = wordpiece  # the library's, with neither truncation nor padding
        self._piece = piece
        self._room = max_tokens - 2  # for the text's own tokens, beside [CLS] and [SEP]
        names = ("[CLS]", "[SEP]", "[UNK]")
        self._cls, self._sep, self._unk = (_special(wordpiece, name) for name in names)

    def tokenize(self, text: str, truncate: Truncate = "END") -> Tokens:
        """The ids of `[CLS] text [SEP]`, at most `max_tokens` of them unless `truncate` is "NONE".

        A lone surrogate, which no UTF-8 text can hold, is read as U+FFFD.
        """
        # A megabyte is not tokenized whole (100 bytes of memory a token) for 254 of its tokens.
        in_turn = safe_split(text, self._piece)
        read: list[NDArray[np.int32]] = []
        count = 0
        for piece in in_turn if truncate != "START" else reversed([*in_turn]):
            read.append(self._ids(piece))
            count += len(read[-1])
            if count > self._room and truncate != "NONE":
                break
        if truncate == "START":
            read.reverse()
        ids = np.concatenate(read)
        if truncated := count > self._room and truncate != "NONE":
            ids = ids[-self._room :] if truncate == "START" else ids[: self._room]
        return Tokens(np.concatenate([self._cls, ids, self._sep]), truncated)

    def _ids(self, text: str) -> NDArray[np.int32]:
        if len(text) > 2 * self._piece:
            # A megabyte without a border would take a hundred for the one token that it is.
            word = text[1:] if is_border(text[0]) else text
            if self._is_unknown(word):
                return np.concatenate([self._ids(text[: -len(word)]), self._unk])
        try:
            encoding = self.wordpiece.encode(text, add_special_tokens=False)
        except TypeError:  # how `tokenizers` says that the text has a lone surrogate
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            encoding = self.wordpiece.encode(text, add_special_tokens=False)
        return np.array(encoding.ids, dtype=np.int32)

    def _is_unknown(self, text: str) -> bool:
        """Whether the text is one word, for certain, and one too long for WordPiece."""
        if not is_one_word(text):
            return False
        normalized: str = self.wordpiece.normalizer.normalize_str(text[: 10 * MAX_WORD])
        return len(normalized) > MAX_WORD


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
        raise BundleError(f"{path} is not the model's tokenizer ({error}). {CURE}") from error

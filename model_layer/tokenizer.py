"""Texts to model token ids (WordPiece), cut at the model's limit.

`tokenizer.json` comes with truncation at 128 and padding to 128 switched on; both are switched
off here, and the limit is the model's own (256, specials included). Does not pad, ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer as WordPiece

from model_layer.artifacts import CURE, TOKENIZER, Bundle
from model_layer.errors import BundleError

# Between these characters and their left neighbour BERT's pre-tokenizer always splits, so the
# text before one of them has the same tokens alone as it has within the whole text: white space
# that BERT does not remove, punctuation, CJK ideographs. "]" may end a token ("[CLS]"), so it
# counts after another "]" only.
WORD_BORDER = re.compile(
    r"[ \n\t\r!-/:-@\[\\^-`{-~\u2010-\u2027\u3001-\u3003\u3008-\u3011"
    r"！，．：；？\u4e00-\u9fff]|(?<=\])\]"
)

# A first bite of a long text. English has four or five characters a token, so this is ample for
# 256 tokens; a text that needs more is bitten again, four times as far.
FIRST_BITE = 4_096


@dataclass(frozen=True)
class Tokens:
    """What the model reads of one text."""

    ids: NDArray[np.int32]  # (tokens,), specials included
    truncated: bool  # whether the text had more


class Tokenizer:
    """The model's WordPiece tokenizer. Thread-safe."""

    def __init__(self, wordpiece: WordPiece, *, max_tokens: int) -> None:
        wordpiece.no_truncation()
        wordpiece.no_padding()
        self._wordpiece = wordpiece
        self._room = max_tokens - 2  # for the text's own tokens, beside [CLS] and [SEP]
        self._cls, self._sep = (_special(wordpiece, token) for token in ("[CLS]", "[SEP]"))

    def tokenize(self, text: str, *, first_bite: int = FIRST_BITE) -> Tokens:
        """The ids of `[CLS] text [SEP]`, at most `max_tokens` of them.

        A lone surrogate, which no UTF-8 text can hold, is read as U+FFFD.
        """
        ids = self._leading_ids(text, first_bite)
        read = [self._cls, *ids[: self._room], self._sep]
        return Tokens(np.array(read, dtype=np.int32), truncated=len(ids) > self._room)

    def _leading_ids(self, text: str, bite: int) -> list[int]:
        """All ids of the text, or of a beginning that has more of them than the model reads.

        A megabyte is not tokenized whole (100 bytes of memory a token) for its first 254 tokens.
        """
        while bite < len(text):
            border = _last_border(text, bite)
            if border and len(ids := self._ids(text[:border])) > self._room:
                return ids
            bite *= 4
        return self._ids(text)

    def _ids(self, text: str) -> list[int]:
        try:
            encoding = self._wordpiece.encode(text, add_special_tokens=False)
        except TypeError:  # how `tokenizers` says that the text has a lone surrogate
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            encoding = self._wordpiece.encode(text, add_special_tokens=False)
        ids: list[int] = encoding.ids
        return ids


def _special(wordpiece: WordPiece, token: str) -> int:
    token_id: int | None = wordpiece.token_to_id(token)
    if token_id is None:
        raise ValueError(f"no {token} in its vocabulary")
    return token_id


def _last_border(text: str, bite: int) -> int | None:
    """The last border in the second half of the first `bite` characters."""
    return next((at for at in range(bite, bite // 2, -1) if WORD_BORDER.match(text, at)), None)


def load_tokenizer(bundle: Bundle) -> Tokenizer:
    """Load the bundle's tokenizer. Raises BundleError if the file is not one."""
    path = bundle.path(TOKENIZER)
    try:
        return Tokenizer(WordPiece.from_file(str(path)), max_tokens=bundle.max_tokens)
    except Exception as error:  # `tokenizers` raises bare Exception
        raise BundleError(f"{path} is not the model's tokenizer ({error}). {CURE}") from error

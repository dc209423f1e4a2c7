"""cl100k token ids to text: OpenAI's clients send ids when they tokenize on their side.

A table look-up: id → bytes, joined, decoded as UTF-8 with U+FFFD for invalid bytes. The build
makes the table from the verified vocabulary. It opens in a millisecond, where tiktoken's own
structures take a hundred. Does not tokenize.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model_layer.artifacts import CL100K, Bundle, read_bundle
from model_layer.errors import BundleError, TokenIdError
from model_layer.places import REBUILD

RANKS = 100_256  # ids below this stand for text
SIZE = 100_277  # ids from RANKS to below this are special tokens or unused


class Cl100k:
    """The cl100k vocabulary, id to bytes. Thread-safe.

    starts: (RANKS + 1,) int64; token i is `data[starts[i]:starts[i + 1]]`.
    data: the bytes of all tokens in the order of their ids, uint8.
    """

    def __init__(self, starts: NDArray[np.int64], data: NDArray[np.uint8]) -> None:
        self._starts = starts
        self._data = data

    def decode(self, ids: Sequence[int]) -> str:
        """The text of one list of ids.

        Equals `tiktoken.get_encoding("cl100k_base").decode(ids)`, except that special tokens are
        refused: they stand for no text. Raises TokenIdError for the first id that is special or
        out of range.
        """
        array = _checked(ids)
        starts = self._starts[array]
        sizes = self._starts[array + 1] - starts  # (ids,), bytes of each token
        offsets = np.cumsum(sizes) - sizes  # (ids,), where each token starts in the text
        # Byte i of the text is byte i + (start - offset) of the table, with its token's start and
        # offset.
        shifts = np.repeat(starts - offsets, sizes)  # (bytes of the text,)
        return self._data[shifts + np.arange(len(shifts))].tobytes().decode("utf-8", "replace")


def _checked(ids: Sequence[int]) -> NDArray[np.int64]:
    try:
        array = np.array(ids, dtype=np.int64)
    except OverflowError as error:  # an id that does not fit into 64 bits
        position = next(i for i, token_id in enumerate(ids) if not 0 <= token_id < RANKS)
        raise _error(position, ids[position]) from error
    wrong = np.flatnonzero((array < 0) | (array >= RANKS))
    if len(wrong):
        raise _error(int(wrong[0]), int(array[wrong[0]]))
    return array


def _error(position: int, token_id: int) -> TokenIdError:
    if RANKS <= token_id < SIZE:
        reason = "is a special or unused id of cl100k_base and stands for no text"
    else:
        reason = f"is outside the cl100k_base vocabulary (0 to {RANKS - 1})"
    return TokenIdError(position, token_id, reason)


def load_cl100k(bundle: Bundle | None = None) -> Cl100k:
    """Open the table of `bundle` (by default the one of `bundle_folder`).

    Raises BundleError if the file is missing or not a table.
    """
    path = (bundle or read_bundle()).path(CL100K)
    try:
        table = np.load(path, allow_pickle=False)  # uint8: starts as <u4, then data
        starts, data = table[: (RANKS + 1) * 4].view("<u4"), table[(RANKS + 1) * 4 :]
        if len(starts) != RANKS + 1 or starts[-1] != len(data):
            raise ValueError("not the table of a vocabulary")
    except (OSError, ValueError, TypeError) as error:
        raise BundleError(f"{path} cannot be read ({error}). {REBUILD}") from error
    return Cl100k(starts.astype(np.int64), data)

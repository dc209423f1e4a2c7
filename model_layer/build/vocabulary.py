"""The cl100k table: `cl100k_base.tiktoken` in a form that opens in a millisecond.

The file has one line for each token: its bytes in base64, a space, and its id ("rank"). Does not
read the table: `model_layer.cl100k` does.
"""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np

from model_layer.build.errors import BuildError
from model_layer.cl100k import RANKS


def build_vocabulary(tiktoken_file: Path, path: Path) -> None:
    """Write the table as one uint8 array.

    First come RANKS + 1 little-endian uint32: where each token starts, and the end. Then come the
    bytes of all tokens in the order of their ids.
    """
    lines = (line.split() for line in tiktoken_file.read_bytes().splitlines())
    tokens = {int(rank): base64.b64decode(token) for token, rank in lines}
    if sorted(tokens) != list(range(RANKS)):
        raise BuildError(f"{tiktoken_file} does not have the ids 0 to {RANKS - 1}.")
    ordered = [tokens[rank] for rank in range(RANKS)]
    starts = np.cumsum([0, *map(len, ordered)]).astype("<u4")
    np.save(path, np.frombuffer(starts.tobytes() + b"".join(ordered), np.uint8))

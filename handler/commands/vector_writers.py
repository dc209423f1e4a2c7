"""Where the vectors of texts are written: JSON lines, an array of numpy, or a look for people.

Each is a function to call with batches of texts and their vectors.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext

import numpy as np
import orjson

from handler.commands.output import JSON_LINE
from handler.commands.output_file import OutputFile, writing
from handler.commands.terminal import shown
from model_layer import Encoded

Write = Callable[[Sequence[str], Encoded], None]

LONGEST = 60  # characters of a text that people are shown
FIRST = 4  # numbers of its vector


@contextmanager
def json_lines(output: OutputFile | None = None) -> Iterator[Write]:
    """An object a line: `index`, `tokens`, `truncated`, `embedding`. None: to stdout."""
    numbers = itertools.count()
    with writing(output) if output else nullcontext(sys.stdout.buffer) as file:

        def write(texts: Sequence[str], encoded: Encoded) -> None:
            for row in range(len(texts)):
                line = {
                    "index": next(numbers),
                    "tokens": int(encoded.token_counts[row]),
                    "truncated": bool(encoded.truncated[row]),
                    "embedding": encoded.vectors[row],
                }
                file.write(orjson.dumps(line, option=JSON_LINE))

        yield write


@contextmanager
def numpy_file(output: OutputFile, *, columns: int) -> Iterator[Write]:
    """An array of float32, (texts, columns), in numpy's format."""
    rows = 0
    with writing(output) as file:

        def write_header() -> None:
            # As long for any number of rows: numpy leaves room for it to grow.
            shape = {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}
            np.lib.format.write_array_header_1_0(file, shape)

        def write(texts: Sequence[str], encoded: Encoded) -> None:
            nonlocal rows
            rows += len(texts)
            file.write(encoded.vectors.astype("<f4", copy=False).tobytes())

        write_header()
        yield write
        file.seek(0)
        write_header()


@contextmanager
def preview() -> Iterator[Write]:
    """A line for people: the text, the number of its tokens, the first numbers of its vector."""

    def write(texts: Sequence[str], encoded: Encoded) -> None:
        for text, count, vector in zip(texts, encoded.token_counts, encoded.vectors, strict=True):
            numbers = ", ".join(f"{number:.4f}" for number in vector[:FIRST])
            short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
            print(shown(f"{short}: {count} tokens, {len(vector)} numbers: {numbers}, …"))

    yield write

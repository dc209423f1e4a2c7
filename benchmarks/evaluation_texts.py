"""The texts that fidelity is measured on: slices of running text, by script and by length.

The same ones on every run, for the same versions of what they are taken from. None of them is a
reference text of tests/golden, and the build must not calibrate on what they are taken from.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "texts.json"
SPECIAL = 2  # [CLS] and [SEP]
TRIES = 200  # for a text; short ones may have been drawn before


@dataclass(frozen=True)
class Bucket:
    """Texts of `least` to `most` tokens, special ones included."""

    name: str
    least: int
    most: int


BUCKETS = (
    Bucket("1–8", 3, 8),
    Bucket("9–16", 9, 16),
    Bucket("17–32", 17, 32),
    Bucket("33–64", 33, 64),
    Bucket("65–128", 65, 128),
    Bucket("129–256", 129, 256),
    Bucket("cut", 257, 600),  # the model reads 256
)


@dataclass(frozen=True)
class EvaluationText:
    """A text, and where it belongs in the tables."""

    script: str
    bucket: str
    text: str


class RunningText:
    """Some running text, to be sliced between its tokens."""

    def __init__(self, text: str, tokenizer: Tokenizer) -> None:
        """tokenizer: the model's, truncation and padding off."""
        self._text = text
        self._tokenizer = tokenizer
        encoding = tokenizer.encode(text, add_special_tokens=False)
        self._offsets: list[tuple[int, int]] = encoding.offsets
        self._words: list[int] = encoding.word_ids  # which word a token is part of

    def slices(self, bucket: Bucket, rng: random.Random) -> Iterator[str]:
        """Texts of the bucket's length without end, each from a random word on.

        A text ends with a word where the bucket has room for the whole word (Thai has words of a
        whole sentence, since nothing parts them), and with a token otherwise.
        """
        room = min(bucket.most - SPECIAL, len(self._offsets))
        for _ in iter(int, 1):  # without end
            start = rng.randrange(len(self._offsets) - room + 1)
            while start and self._words[start] == self._words[start - 1]:
                start -= 1
            stop = start + rng.randint(min(bucket.least - SPECIAL, room), room)
            while stop < start + room and self._words[stop] == self._words[stop - 1]:
                stop += 1
            text = self._text[self._offsets[start][0] : self._offsets[stop - 1][1]]
            # A word cut within can be other tokens than it was.
            if bucket.least <= len(self._tokenizer.encode(text).ids) <= bucket.most:
                yield text


def load_tokenizer(path: Path) -> Tokenizer:
    """A `tokenizer.json`, truncation and padding off."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def evaluation_texts(
    sources: Mapping[str, Sequence[str]], tokenizer: Tokenizer, *, each: int
) -> list[EvaluationText]:
    """`each` texts from each source in each bucket, all of them different.

    sources: running texts by script.
    Raises ValueError for a source that has not so many different texts.
    """
    seen = {pair["text"] for pair in json.loads(GOLDEN.read_text())}
    texts = []
    for script, runs in sources.items():
        for number, run in enumerate(runs):
            running = RunningText(run, tokenizer)
            for bucket in BUCKETS:
                rng = random.Random(f"{script} {number} {bucket.name}")
                drawn = draw(running, bucket, rng, each, seen)
                texts += [EvaluationText(script, bucket.name, text) for text in drawn]
    return texts


def draw(
    running: RunningText, bucket: Bucket, rng: random.Random, count: int, seen: set[str]
) -> list[str]:
    """`count` slices that are not in `seen`, to which they are added.

    Raises ValueError if there are not so many.
    """
    texts: list[str] = []
    for _, text in zip(range(count * TRIES), running.slices(bucket, rng), strict=False):
        if len(texts) == count:
            break
        if text not in seen:
            seen.add(text)
            texts.append(text)
    if len(texts) < count:
        raise ValueError(f"A source has {len(texts)} texts of {bucket.name} tokens, not {count}.")
    return texts

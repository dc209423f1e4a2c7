"""The texts that fidelity is measured on: evaluation texts, a search, people's judgements.

They are the same in every run, for the same versions of their sources. No evaluation text is a
reference text of tests/golden, and the build must not calibrate on the sources.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tokenizers import Tokenizer

from benchmarks.fidelity.judgements import Judgements, all_pairs, word_pairs
from benchmarks.fidelity.sources import sources
from benchmarks.measuring.corpora import lee, test_data
from benchmarks.measuring.reference import official
from benchmarks.measuring.texts import GOLDEN

SPECIAL = 2  # [CLS] and [SEP]
TRIES = 200  # for a text; short ones repeat


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
PASSAGE = Bucket("passage", 24, 64)
QUERY = Bucket("query", 8, 24)


@dataclass(frozen=True)
class EvaluationText:
    """A text and its place in the tables."""

    script: str
    bucket: str
    text: str


@dataclass(frozen=True)
class FidelityTexts:
    """All that each encoder encodes."""

    evaluation: list[EvaluationText]
    passages: list[str]  # English, to be searched
    queries: list[str]  # from the same articles, other places in them
    documents: list[str]  # of the Lee corpus: each is a query for the others
    judgements: list[Judgements]

    def all(self) -> list[str]:
        """Every text once."""
        judged = chain.from_iterable(one.texts for one in self.judgements)
        evaluation = (one.text for one in self.evaluation)
        return [
            *dict.fromkeys(chain(evaluation, self.passages, self.queries, self.documents, judged))
        ]


def fidelity_texts(*, each: int, passages: int, queries: int, documents: int) -> FidelityTexts:
    """`each` evaluation texts from each source in each bucket, and the numbers of the others."""
    tokenizer = load_tokenizer(official() / "tokenizer.json")
    running = sources()
    evaluation = evaluation_texts(running, tokenizer, each=each)
    articles = RunningText(running["English"][0], tokenizer)
    rng, seen = random.Random("search"), {one.text for one in evaluation}
    return FidelityTexts(
        evaluation=evaluation,
        passages=draw(articles, PASSAGE, rng, passages, seen),
        queries=draw(articles, QUERY, rng, queries, seen),
        documents=(lee("lee") + lee("lee_background"))[:documents],
        judgements=[
            all_pairs("Lee documents", lee("lee"), test_data("similarities0-1.txt").read_text()),
            word_pairs("WordSim-353", test_data("wordsim353.tsv").read_text()),
            word_pairs("SimLex-999", test_data("simlex999.txt").read_text()),
        ],
    )


def load_tokenizer(path: Path) -> Tokenizer:
    """A `tokenizer.json` with truncation and padding off."""
    tokenizer: Tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


class RunningText:
    """A text to be cut between its tokens."""

    def __init__(self, text: str, tokenizer: Tokenizer) -> None:
        self._text = text
        self._tokenizer = tokenizer
        encoding = tokenizer.encode(text, add_special_tokens=False)
        self._offsets: list[tuple[int, int]] = encoding.offsets
        self._words: list[int | None] = encoding.word_ids  # the word that each token is part of

    def slices(self, bucket: Bucket, rng: random.Random) -> Iterator[str]:
        """Endless texts of the bucket's length, each from a random word on.

        A text ends with a word if the whole word fits, and with a token otherwise: Thai, without
        spaces, has words of a whole sentence.
        """
        room = min(bucket.most - SPECIAL, len(self._offsets))
        while True:
            start = rng.randrange(len(self._offsets) - room + 1)
            while start and self._words[start] == self._words[start - 1]:
                start -= 1
            stop = start + rng.randint(min(bucket.least - SPECIAL, room), room)
            while stop < start + room and self._words[stop] == self._words[stop - 1]:
                stop += 1
            text = self._text[self._offsets[start][0] : self._offsets[stop - 1][1]]
            # A word that is cut inside may have other tokens than before.
            if bucket.least <= len(self._tokenizer.encode(text).ids) <= bucket.most:
                yield text


def evaluation_texts(
    sources: Mapping[str, Sequence[str]], tokenizer: Tokenizer, *, each: int
) -> list[EvaluationText]:
    """`each` distinct texts from each source in each bucket. sources: running texts by script.

    Raises ValueError if a source has too few texts.
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
    """`count` slices that are not in `seen`, which they are added to.

    Raises ValueError if there are too few.
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

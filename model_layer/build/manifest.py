"""The manifest of a bundle: its files and their hashes, facts about the model, and its recipe.

It contains no time and no path, so that two builds are identical.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from model_layer.artifacts import FORMAT, MANIFEST, MODEL, WEIGHTS, sha256
from model_layer.build.fetch import source_files
from model_layer.build.parameters import DIMENSIONS, MAX_TOKENS
from model_layer.build.verify import WORST, canary
from model_layer.recipe import recipe


def facts(precision: str, folder: Path) -> dict[str, Any]:
    """Everything that decides which vector the model in `folder` gives a text."""
    hashes = {file.name: file.sha256 for file in source_files()}
    about = {
        "model": "sentence-transformers/all-MiniLM-L6-v2",
        "weights": hashes["model.safetensors"],
        "tokenizer": hashes["tokenizer.json"],
        "precision": precision,
        "pooling": "mean",
        "normalized": True,
        "dimensions": DIMENSIONS,
        "max_tokens": MAX_TOKENS,
    }
    if precision == "int8":  # the rounding decides, too
        about["quantized"] = [sha256(folder / name) for name in (MODEL, WEIGHTS)]
    return about


def fingerprint(facts: dict[str, Any]) -> str:
    """A short name of the vector space: vectors with equal fingerprints can be compared."""
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return f"all-minilm-l6-v2-{facts['precision']}-{digest[:12]}"


def write_manifest(folder: Path, names: Iterable[str], precision: str) -> None:
    """Write the manifest of the files `names` in `folder`."""
    about = facts(precision, folder)
    text, vector = canary()
    manifest = {
        "format": FORMAT,
        "fingerprint": fingerprint(about),
        "facts": about,
        "canary": {"text": text, "vector": vector, "least": WORST[precision]},
        "files": {
            name: {"bytes": (folder / name).stat().st_size, "sha256": sha256(folder / name)}
            for name in sorted(names)
        },
        "recipe": recipe(),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")

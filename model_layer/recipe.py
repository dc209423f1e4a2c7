"""The recipe of a bundle: the code and the libraries that build it. Does not import the build."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

BUILD = Path(__file__).parent / "build"  # the image leaves it out
# The bundle's bytes may depend on these.
LIBRARIES = ("numpy", "onnx", "safetensors", "tokenizers")


def recipe() -> dict[str, str]:
    """The code and the libraries that build a bundle. Another recipe needs another build."""
    build = hashlib.sha256()
    for path in sorted([*BUILD.glob("*.py"), BUILD / "calibration.txt"]):
        build.update(path.read_bytes())
    import importlib.metadata  # slow, and only an installed package gets here at run time

    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {**versions, "model_layer.build": build.hexdigest()}


def recipe_id() -> str:
    """A short name of the recipe."""
    canonical = json.dumps(recipe(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]

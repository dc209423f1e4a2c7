"""The bundle: the folder of files that the build leaves and the encoder loads.

`manifest.json` names every file with its size and SHA-256, and holds the facts of the model.
This module reads and checks a bundle; only `model_layer.build` writes one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_layer.errors import BundleError

FORMAT = 3  # of the manifest and the files it names; the encoder reads this one only
DEFAULT_BUNDLE = Path(__file__).parent / "bundle"
MANIFEST = "manifest.json"
MODEL = "model.onnx"
WEIGHTS = "model.weights"  # its large tensors
TOKENIZER = "tokenizer.json"
CL100K = "cl100k.npy"

CURE = "Run `make model` to build it again."


@dataclass(frozen=True)
class Canary:
    """A text whose vector is known: a model that gives another is broken."""

    text: str
    vector: Sequence[float]  # (384,), by sentence-transformers
    least: float  # the cosine that a sound model has with it at least


@dataclass(frozen=True)
class Bundle:
    """A bundle whose manifest has been read."""

    folder: Path
    model: str  # name on the hub
    precision: str
    dimensions: int
    max_tokens: int  # what the model reads of a text, specials included
    fingerprint: str  # of the vector space: equal fingerprints, comparable vectors
    canary: Canary
    files: Mapping[str, Mapping[str, Any]]  # name → {"bytes", "sha256"}

    def path(self, name: str) -> Path:
        """The path of one of the bundle's files."""
        return self.folder / name

    def verify(self, *, contents: bool = True) -> None:
        """Check that every file is there with its right size and, if `contents`, its SHA-256.

        Raises BundleError, naming the file and what was expected and found.
        """
        for name, fact in self.files.items():
            path = self.path(name)
            if not path.is_file():
                raise BundleError(f"The model bundle has no {path}. {CURE}")
            if (size := path.stat().st_size) != fact["bytes"]:
                raise BundleError(f"{path} is {size} bytes, not {fact['bytes']}. {CURE}")
            if contents and (digest := sha256(path)) != fact["sha256"]:
                raise BundleError(f"{path} has SHA-256 {digest}, not {fact['sha256']}. {CURE}")


def read_bundle(folder: Path | None = None) -> Bundle:
    """Read the manifest of the bundle in `folder` (the built one by default).

    Raises BundleError if there is no manifest or this code cannot read it.
    """
    folder = DEFAULT_BUNDLE if folder is None else folder
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        if manifest["format"] != FORMAT:
            raise BundleError(f"{path} has format {manifest['format']}, not {FORMAT}. {CURE}")
        facts = manifest["facts"]
        return Bundle(
            folder=folder,
            model=facts["model"],
            precision=facts["precision"],
            dimensions=facts["dimensions"],
            max_tokens=facts["max_tokens"],
            fingerprint=manifest["fingerprint"],
            canary=Canary(**manifest["canary"]),
            files=manifest["files"],
        )
    except FileNotFoundError as error:
        raise BundleError(f"There is no model bundle: {path} is missing. {CURE}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path} cannot be read ({error!r}). {CURE}") from error


def sha256(path: Path) -> str:
    """SHA-256 of a file's contents, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

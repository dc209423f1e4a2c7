"""The bundle: the folder of files that the build leaves and the encoder loads.

`manifest.json` names every file with its size and SHA-256, and holds the facts of the model.
This module reads and checks a bundle; only `model_layer.build` writes one, and `places` knows where
it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_layer.errors import BundleError
from model_layer.places import REBUILD, Precision, bundle_folder

FORMAT = 3  # of the manifest and its files; the encoder reads no other
MANIFEST = "manifest.json"
MODEL = "model.onnx"
WEIGHTS = "model.weights"  # the model's large tensors
TOKENIZER = "tokenizer.json"
CL100K = "cl100k.npy"


@dataclass(frozen=True)
class Canary:
    """A text with a known vector: a model that gives another vector is broken."""

    text: str
    vector: Sequence[float]  # (384,), from sentence-transformers
    minimum_cosine: float  # between this vector and a sound model's


@dataclass(frozen=True)
class Bundle:
    """What the manifest of a bundle says."""

    folder: Path
    model: str  # name on the hub
    precision: str
    dimensions: int
    max_tokens: int  # the model's limit for one text, specials included
    fingerprint: str  # vectors can be compared if their fingerprints are equal
    canary: Canary
    files: Mapping[str, Mapping[str, Any]]  # name → {"bytes", "sha256"}

    def path(self, name: str) -> Path:
        """The path of one of the bundle's files."""
        return self.folder / name

    def verify(self, *, contents: bool = True) -> None:
        """Check that every file exists and has its size and, if `contents`, its SHA-256.

        Raises BundleError with the file, and what was expected and found.
        """
        for name, expected in self.files.items():
            path = self.path(name)
            if not path.is_file():
                raise BundleError(f"The model bundle has no {path}. {REBUILD}")
            if (size := path.stat().st_size) != expected["bytes"]:
                raise BundleError(f"{path} is {size} bytes, not {expected['bytes']}. {REBUILD}")
            if contents and (digest := sha256(path)) != expected["sha256"]:
                raise BundleError(
                    f"{path} has SHA-256 {digest}, not {expected['sha256']}. {REBUILD}"
                )


def read_bundle(folder: Path | None = None, *, precision: Precision | None = None) -> Bundle:
    """Read the manifest of the bundle in `folder` (by default the one of `bundle_folder`).

    precision: which the bundle must have; None: any. Raises BundleError if the manifest is missing
    or unreadable, or if the bundle has another precision.
    """
    bundle = _read(bundle_folder(precision) if folder is None else folder)
    if precision not in (None, bundle.precision):
        raise BundleError(
            f"The model bundle in {bundle.folder} has the precision {bundle.precision}, and "
            f"{precision} is asked for. Build it with this precision, or ask for no other."
        )
    return bundle


def _read(folder: Path) -> Bundle:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        if manifest["format"] != FORMAT:
            raise BundleError(f"{path} has format {manifest['format']}, not {FORMAT}. {REBUILD}")
        facts = manifest["facts"]
        return Bundle(
            folder=folder,
            model=facts["model"],
            precision=facts["precision"],
            dimensions=facts["dimensions"],
            max_tokens=facts["max_tokens"],
            fingerprint=manifest["fingerprint"],
            canary=Canary(
                text=manifest["canary"]["text"],
                vector=manifest["canary"]["vector"],
                minimum_cosine=manifest["canary"]["least"],
            ),
            files=manifest["files"],
        )
    except FileNotFoundError as error:
        raise BundleError(f"There is no model bundle: {path} is missing. {REBUILD}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path} cannot be read ({error!r}). {REBUILD}") from error


def sha256(path: Path) -> str:
    """SHA-256 of a file's contents, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

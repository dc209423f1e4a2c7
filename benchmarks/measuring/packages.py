"""Source packages of PyPI and binary ones of Debian, downloaded once for the files that they carry.

They are kept beside the benchmarks' environment. Nothing of them is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from benchmarks.measuring.processes import ROOT

FOLDER = ROOT / ".venv-bench" / "packages"


class Unavailable(Exception):
    """A package cannot be had here; the message says why."""


def sdist(requirement: str) -> Path:
    """The unpacked folder of a source package: "black==26.10.1". Raises Unavailable."""
    folder = FOLDER / requirement
    if folder.exists():
        return folder
    name = requirement.partition("==")[0]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name]
    with tempfile.TemporaryDirectory(dir=_made(FOLDER)) as made:
        _run([*pip, "--dest", made, requirement], requirement)
        (package,) = Path(made).glob("*.tar.gz")
        with tarfile.open(package) as archive:
            archive.extractall(Path(made, "content"), filter="data")
        Path(made, "content").rename(folder)
    return folder


def debian(name: str) -> Path:
    """The unpacked folder of a Debian package in the version that apt has. Raises Unavailable."""
    folder = FOLDER / f"debian-{name}"
    if folder.exists():
        return folder
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Unavailable(f"{name}: this is not Debian, it has no apt-get.")
    with tempfile.TemporaryDirectory(dir=_made(FOLDER)) as made:
        _run(["apt-get", "download", name], name, cwd=made)
        (package,) = Path(made).glob("*.deb")
        _run(["dpkg-deb", "-x", str(package), f"{made}/content"], name)
        Path(made, "content").rename(folder)
    return folder


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(command: list[str], package: str, cwd: str | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise Unavailable(f"{package} cannot be downloaded: {reason[0]}")

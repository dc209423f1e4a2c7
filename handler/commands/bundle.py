"""The model bundle, built when a command first needs it.

The build runs in a process of its own: it takes a minute, memory, and libraries that nothing needs
afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from handler.commands.failure import say
from model_layer import PRECISIONS, BundleError, Precision, bundle_folder

ROOT = Path(__file__).parents[2]  # from which the packages can be imported


@dataclass(frozen=True)
class FoundBundle:
    """The bundle of a command."""

    folder: Path
    is_new: bool  # built by this command


def can_build() -> bool:
    """Whether this installation has the build. The image has the model in its place."""
    return find_spec("model_layer.build") is not None


def find_or_build_bundle(precision: Precision | None) -> FoundBundle:
    """The bundle that `load_encoder` loads; builds it if there is none.

    Raises BundleError if it cannot be accessed or built.
    """
    folder = bundle_folder(precision)
    try:
        is_built = (folder / "manifest.json").exists()
    except OSError as error:
        raise BundleError(
            f"The model in {folder} cannot be accessed: {error.strerror}. Let this user read the "
            "folder, or set XDG_CACHE_HOME to another cache."
        ) from error
    if is_built or not can_build():
        return FoundBundle(folder, is_new=False)
    say(f"Building the model in {folder} (once; about a minute).")
    build_bundle(folder, precision)
    return FoundBundle(folder, is_new=True)


def build_bundle(folder: Path, precision: Precision | None) -> None:
    """Build the bundle in the folder, unless it is up to date. Raises BundleError."""
    command = [sys.executable, "-P", "-m", "model_layer.build", "--output", str(folder)]
    command += ["--precision", precision or PRECISIONS[0]]
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    # Beside other work, OpenBLAS with several threads is many times slower than with one.
    environment = {"PYTHONPATH": os.pathsep.join(path), "OPENBLAS_NUM_THREADS": "1"}
    # Its progress goes to standard error: it is no result. A session of its own: a Ctrl-C on the
    # terminal would reach it while its modules load, and print where. A pipe, which the system
    # closes however this process ends.
    with subprocess.Popen(
        [*command, "--end-with-stdin"],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=2,
        start_new_session=True,
    ) as process:
        try:
            process.wait()
        except BaseException:
            process.terminate()  # it removes what it has begun
            raise
    if process.returncode != 0:
        raise BundleError("The model could not be built; the lines above say why.")

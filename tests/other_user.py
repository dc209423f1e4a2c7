"""A process of a user who may not write a folder. The tests may run as root, who always may."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.paths import ROOT

# Everything is imported first: the other user may not be able to read Python's own files.
BECOME = "import os\nif os.getuid() == 0: os.setgid(65534), os.setuid(65534)\n"


class AnotherUser:
    """A process of a user who is not root. `imports` runs before it becomes that user."""

    def __init__(self, imports: str, code: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"{imports}\n{BECOME}\n{code}", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """The next line that it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline() or self.output()

    def output(self, given: str = "") -> str:
        """What it prints until its end, if it is given this."""
        output, errors = self._process.communicate(given)
        assert self._process.returncode == 0, errors
        return output


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder that other users may enter; pytest's are closed to them."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def write_protected(*folders: Path) -> Iterator[None]:
    """Take away the permission to write the folders and their files."""
    for folder in folders:
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
    try:
        yield
    finally:
        for folder in folders:
            folder.chmod(0o755)
            for file in folder.iterdir():
                file.chmod(0o644)

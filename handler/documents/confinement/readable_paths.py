"""The folders and files that the worker process may read: programs, libraries, fonts, zones.

None of them is the user's. Knows no document.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson

PACKAGE = Path(__file__).parents[2]  # handler/
ROOT = PACKAGE.parent
SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"),
    *("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/nix/store"),
    *("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts"),  # pdfium looks there
    *("/dev/null", "/dev/urandom"),
)


def readable_paths() -> Iterator[Path]:
    """What reading a document may need; some may not exist."""
    yield PACKAGE
    yield from map(Path, SYSTEM)
    yield from (Path(base) / "lib" for base in (sys.prefix, sys.base_prefix, sys.base_exec_prefix))
    yield Path(os.__file__).parent
    yield from _import_path()
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    yield from (Path(each) for each in libraries if _is_apart(each))


def _import_path() -> Iterator[Path]:
    """The folders of Python's libraries. In the image they are beside ours; else apart from it.

    A checkout's folder itself is not among them: documents may lie in it.
    """
    site = Path(orjson.__file__).resolve().parents[1]
    yield site
    yield from (Path(each) for each in sys.path if _is_apart(each))


def _is_apart(folder: str) -> bool:
    """Whether it is absolute, and holds neither our code nor the user's files."""
    path = Path(folder).resolve()
    return folder.startswith("/") and not ROOT.is_relative_to(path)

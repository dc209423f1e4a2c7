"""Local files, as the pipeline reads them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from handler.ingestion.sources.files import FileReader, path_of
from handler.limits import MAX_DOCUMENT


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

"""Locks, markers and caches are no documents, in folders and in buckets."""

from __future__ import annotations

import pytest

from handler.ingestion.sources.left_out import is_left_out


@pytest.mark.parametrize(
    "name",
    [
        *("~$report.docx", ".~lock.report.odt#", "._photo.jpg", ".DS_Store", "Thumbs.db"),
        *("desktop.ini", "Desktop.ini", "_SUCCESS", "_committed_123", "_started_123"),
        *("2026_$folder$", ".part-00000.csv.crc", "part-00000.crc", "~$", ".gitkeep"),
    ],
)
def test_a_lock_or_marker_is_left_out(name: str) -> None:
    assert is_left_out(name)


@pytest.mark.parametrize(
    "name",
    [
        *("report.docx", "SUCCESS", "_SUCCESS.md", "success.txt", "my desktop.ini.txt", "a~$b.txt"),
        *("_readme.md", "committed_1.txt", "crc", "crc.md", "folder", ".well-known.txt", ""),
    ],
)
def test_any_other_file_is_not(name: str) -> None:
    assert not is_left_out(name)

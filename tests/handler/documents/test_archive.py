"""Archives are read under limits, by names as Office compares them."""

from __future__ import annotations

import io
import zipfile

import pytest

from handler.documents import archive as archive_module
from handler.documents.archive import Archive
from handler.errors import DocumentRejected


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_part_is_found_without_regard_to_case_and_slashes() -> None:
    archive = Archive(packed({"Word\\Document.xml": b"a", "b.xml": b"b"}), "file")
    assert archive.names == ("Word/Document.xml", "b.xml")
    assert "/word/document.XML" in archive
    assert "c.xml" not in archive
    assert archive.read("word/document.xml") == b"a"


@pytest.fixture(autouse=True)
def limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one, as archives of the true one take seconds to make."""
    monkeypatch.setattr(archive_module, "MAX_INFLATED", 2_000)


def test_a_part_that_is_read_again_and_again_counts_each_time() -> None:
    archive = Archive(packed({"a": bytes(900)}), "Excel workbook")
    archive.read("a")
    archive.read("a")
    with pytest.raises(DocumentRejected, match="Excel workbook is 2,700 bytes when"):
        archive.read("a")


def test_an_archive_inside_another_counts_towards_its_limit() -> None:
    inner = packed({"a": bytes(1_500)})
    archive = Archive(packed({"inner.zip": inner, "b": bytes(1_000)}), "file")
    archive.read("b")
    with pytest.raises(DocumentRejected, match="The part is 2,500 bytes when"):
        archive.nested(inner, "part").read("a")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", packed({"a": b"a" * 99})[:-30]], ids=["empty", "begun", "cut"]
)
def test_an_archive_without_its_end_is_called_cut_off(content: bytes) -> None:
    with pytest.raises(DocumentRejected, match="The file is cut off: its end is missing"):
        Archive(content, "file")


def test_an_archive_with_a_wrong_checksum_is_called_damaged() -> None:
    content = packed({"a": b"some text"})
    checksum = zipfile.ZipFile(io.BytesIO(content)).getinfo("a").CRC.to_bytes(4, "little")
    archive = Archive(content.replace(checksum, bytes(4)), "file", "save it again")
    with pytest.raises(DocumentRejected, match=r"The file's zip archive is damaged; save it again"):
        archive.read("a")

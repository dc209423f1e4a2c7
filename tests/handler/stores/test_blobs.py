"""The contract of blobs (handler/stores/blobs.py), on both backends."""

from __future__ import annotations

import hashlib
import io
import random
import time
from collections.abc import Callable, Iterator

import pytest

from handler.stores.blobs import BlobMissing, Blobs, Digests
from handler.stores.contract import Storage

MIB = 1 << 20
# Around the sizes of chunks, and of the parts of an upload to S3.
SIZES = [0, MIB, MIB + 1, 8 * MIB, 8 * MIB + 1, 17 * MIB]
FOREVER = 9e9


@pytest.fixture
def blobs(storage: Storage) -> Blobs:
    return storage.blobs


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def digests(data: bytes) -> Digests:
    md5 = hashlib.md5(data, usedforsecurity=False)
    return Digests(len(data), md5.hexdigest(), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("size", SIZES)
def test_a_blob_is_read_as_it_was_written(blobs: Blobs, size: int) -> None:
    data = content(size)
    assert blobs.write("files/file-1", io.BytesIO(data)) == digests(data)
    assert blobs.read("files/file-1") == data
    chunks = list(blobs.chunks("files/file-1"))
    assert b"".join(chunks) == data
    assert all(0 < len(chunk) <= MIB for chunk in chunks)


def test_a_blob_is_written_from_where_its_source_stands(blobs: Blobs) -> None:
    source = io.BytesIO(b"head and tail")
    source.seek(5)
    blobs.write("files/file-1", source)
    assert blobs.read("files/file-1") == b"and tail"


def test_a_second_write_replaces_the_blob(blobs: Blobs) -> None:
    blobs.write("files/file-1", io.BytesIO(content(9 * MIB)))
    blobs.write("files/file-1", io.BytesIO(b"new"))
    assert blobs.read("files/file-1") == b"new"


class Failing(io.RawIOBase):
    """Fails after 9 MiB."""

    def __init__(self) -> None:
        self._left = 9

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            raise RuntimeError
        self._left -= 1
        return bytes(MIB)


def test_a_write_that_fails_leaves_the_old_blob_and_nothing_else(blobs: Blobs) -> None:
    blobs.write("files/file-1", io.BytesIO(b"old"))
    with pytest.raises(RuntimeError):
        blobs.write("files/file-1", Failing())  # type: ignore[arg-type]
    assert blobs.read("files/file-1") == b"old"
    assert list(blobs.keys("", before=FOREVER)) == ["files/file-1"]


@pytest.mark.parametrize("sizes", [(), (5,), (3, 0, 2), (6 * MIB, 5 * MIB, 1)], ids=str)
def test_parts_are_joined_in_the_order_that_is_given(blobs: Blobs, sizes: tuple[int, ...]) -> None:
    parts = [f"parts/upload_1/part_{place}" for place in range(len(sizes))]
    data = [content(size + place) for place, size in enumerate(sizes)]
    for key, one in zip(parts, data, strict=True):
        blobs.write(key, io.BytesIO(one))
    joined = b"".join(reversed(data))
    assert blobs.join(parts[::-1], "files/file-1") == digests(joined)
    assert blobs.read("files/file-1") == joined
    assert [blobs.read(key) for key in parts] == data


def test_a_blob_that_is_not_there_is_said_to_be_missing(blobs: Blobs) -> None:
    blobs.write("parts/upload_1/part_1", io.BytesIO(b"a"))
    reads: list[Callable[[], object]] = [
        lambda: blobs.read("files/file-1"),
        lambda: next(iter(blobs.chunks("files/file-1"))),
        lambda: blobs.join(["parts/upload_1/part_1", "parts/upload_1/part_2"], "files/file-1"),
    ]
    for read in reads:
        with pytest.raises(BlobMissing):
            read()
    assert list(blobs.keys("files/", before=FOREVER)) == []


def test_deleting_removes_only_the_named_blobs(blobs: Blobs) -> None:
    names = ["files/file-1", "files/file-2", "parts/upload_1/part_1", "parts/upload_1/part_2"]
    for name in names:
        blobs.write(name, io.BytesIO(name.encode()))
    blobs.delete([])
    blobs.delete(iter([names[0], names[2], names[0], "files/file-9"]))
    assert list(blobs.keys("", before=FOREVER)) == [names[1], names[3]]
    assert blobs.read(names[3]) == names[3].encode()


def test_keys_are_found_by_their_beginning_and_their_age(blobs: Blobs) -> None:
    started = time.time()
    for name in ("files/file-1", "files/file-10", "parts/upload_1/part_1"):
        blobs.write(name, io.BytesIO(b"a"))

    def keys(prefix: str, before: float = FOREVER) -> list[str]:
        return sorted(blobs.keys(prefix, before=before))

    assert keys("files/") == ["files/file-1", "files/file-10"]
    assert keys("parts/upload_1/") == ["parts/upload_1/part_1"]
    assert keys("files/file-1") == ["files/file-1", "files/file-10"]
    assert keys("nothing/") == []
    assert keys("", before=started - 60) == []
    assert len(keys("", before=time.time() + 60)) == 3


def test_a_reader_that_stops_early_does_no_harm(blobs: Blobs) -> None:
    blobs.write("files/file-1", io.BytesIO(content(3 * MIB)))
    chunks: Iterator[bytes] = blobs.chunks("files/file-1")
    first = next(chunks)
    assert first == content(3 * MIB)[: len(first)]
    chunks.close()  # type: ignore[attr-defined]
    assert blobs.read("files/file-1") == content(3 * MIB)

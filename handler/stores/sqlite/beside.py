"""What lies beside a store's file and belongs to it, such as the folder of uploaded files.

Tells a store's file by its first bytes, and opens no database: it may be that of another store, in
use or of another version.
"""

from __future__ import annotations

from pathlib import Path

from handler.stores.sqlite.schema import APPLICATION_ID

OF_SQLITE = ("-wal", "-shm", "-journal")
BLOBS = ".files"  # the folder of the uploaded files
# sqlite.org/fileformat.html, section 1.3: the first bytes of a file, and the place of its id
MAGIC, ID = b"SQLite format 3\0", slice(68, 72)


def blobs_folder(path: Path) -> Path:
    """The folder of the uploaded files of the store at `path`.

    documents.sqlite has documents.sqlite.files. (Were the ending left out, documents.db would have
    the same, and each sweep delete the other's blobs.)
    """
    return path.with_name(f"{path.name}{BLOBS}")


def belongs_to_store(path: Path) -> bool:
    """Whether a file or folder is a store's own, as uploaded files are. Not the store's file."""
    return any(map(is_beside_store, (path, *path.parents)))


def is_beside_store(path: Path) -> bool:
    """Whether a file or folder is the WAL or the like of a store, or its folder of files."""
    for end in (*OF_SQLITE, BLOBS):
        name = path.name.removesuffix(end)
        if name not in ("", path.name):
            return _is_store(path.parent / name)  # `with_name` refuses the name of ".-wal"
    return False


def _is_store(path: Path) -> bool:
    """Whether there is a store's file at the path. One that cannot be read is none."""
    try:
        if not path.is_file():  # to open a pipe would wait for its writer
            return False
        with path.open("rb") as file:
            header = file.read(ID.stop)
    except OSError:
        return False
    return header.startswith(MAGIC) and header[ID] == APPLICATION_ID.to_bytes(4, "big")

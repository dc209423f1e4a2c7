"""The file that notes how far an interrupted `minilm backfill` came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Progress:
    """The last key sent, in a file that is there until all are sent.

    Raises ValueError where the file cannot be read or written, with the option that names another.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.last_key = ""  # as it was read or noted

    def read(self) -> str:
        """The last key that an interrupted run has sent; empty if there was none."""
        with self._explaining():
            self.last_key = self._path.read_text() if self._path.exists() else ""
        return self.last_key

    def note(self, key: str) -> None:
        with self._explaining():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(key)
        self.last_key = key

    def clear(self) -> None:
        with self._explaining():
            self._path.unlink(missing_ok=True)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ValueError(
                f"The progress cannot be kept in {self._path}: {error.strerror}. "
                "--state names another file for it."
            ) from error

"""The operations of the routes of files and uploads. Knows no HTTP."""

from __future__ import annotations

from handler.files.files import Files
from handler.files.uploads import Uploads
from handler.objects.configured_storage import ConfiguredStorage


class FileOperations:
    """The operations on `files` and on `uploads`."""

    def __init__(self, storage: ConfiguredStorage) -> None:
        self.files = Files(storage)
        self.uploads = Uploads(storage)

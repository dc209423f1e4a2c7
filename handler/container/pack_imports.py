"""`python -m handler.container.pack_imports MODULE`, for the image's build.

Writes the archive of handler/import_archive.py, of all that MODULE imports. It finds out by
importing it.
"""

from __future__ import annotations

import importlib
import sys

from handler.import_archive import ARCHIVE, write_archive


def main(module: str) -> None:
    ARCHIVE.unlink(missing_ok=True)  # of other code, perhaps
    importlib.import_module(module)
    imported = [one for name, one in sys.modules.items() if name != "__main__"]
    print(f"{write_archive(imported, ARCHIVE)} modules")


if __name__ == "__main__":
    main(sys.argv[1])

"""The image's build packs what a module imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.paths import ROOT

PACK = """
import sys
from pathlib import Path
from handler.container import pack_imports
pack_imports.ARCHIVE = Path(sys.argv[1])
pack_imports.main("packed_one")
"""
IMPORT = """
import sys
from pathlib import Path
from handler.import_archive import open_archive
open_archive(Path(sys.argv[1]))
import packed_one
print(packed_one.answer(), type(packed_one.__spec__.loader).__name__)
"""


def python(program: str, archive: Path, path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", program, str(archive)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, check=True, text=True
    )
    return done.stdout


def test_all_that_a_module_imports_is_packed(tmp_path: Path) -> None:
    archive = tmp_path / "imports.bin"
    archive.write_text("of other code")
    (tmp_path / "packed_one.py").write_text(
        f"import os\nfrom packed_two import answer\nprint(os.path.exists({str(archive)!r}))\n"
    )
    (tmp_path / "packed_two.py").write_text("def answer():\n    return 42\n")
    found, number, unit = python(PACK, archive, tmp_path).split()
    assert found == "False"  # so nothing came from the older archive
    assert (int(number) > 2, unit) == (True, "modules")  # and those of Python that were imported
    (tmp_path / "packed_one.py").unlink()
    (tmp_path / "packed_two.py").unlink()
    assert python(IMPORT, archive, tmp_path) == "True\n42 ArchiveLoader\n"

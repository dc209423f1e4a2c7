"""The cl100k table is built from a complete vocabulary only.

That the finished table is right is in tests/model_layer/test_cl100k.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from model_layer.build.errors import BuildError
from model_layer.build.vocabulary import build_vocabulary


def test_a_vocabulary_with_a_gap_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ranks").write_text("IQ== 0\nIg== 2\n")
    with pytest.raises(BuildError, match="does not have the ids 0 to 100255"):
        build_vocabulary(tmp_path / "ranks", tmp_path / "table.npy")

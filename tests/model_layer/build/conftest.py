"""Fixtures of the tests of the build."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from model_layer.build import verify

EVERY_FIFTH = slice(2, None, 5)  # begins with the canary


@pytest.fixture
def small_golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every fifth reference text, in a folder that replaces `tests/golden`."""
    folder = tmp_path / "golden"
    folder.mkdir()
    texts = json.loads((verify.GOLDEN / "texts.json").read_text())
    (folder / "texts.json").write_text(json.dumps(texts[EVERY_FIFTH]))
    for name in ("vectors.npy", "tokens.npy"):
        np.save(folder / name, np.load(verify.GOLDEN / name)[EVERY_FIFTH])
    monkeypatch.setattr(verify, "GOLDEN", folder)
    return folder

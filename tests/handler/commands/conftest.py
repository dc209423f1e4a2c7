"""Commands run in this process as `minilm` runs them, and leave the process as it was."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def called_as_minilm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/local/bin/minilm"])
    monkeypatch.delenv("MINILM_CALLED_BY", raising=False)
    # Set first, so that what a command sets is undone.
    for name in ("VECTOR_STORE", "PRECISION", "LOG_FORMAT", "PAGE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def level_of_the_log() -> Iterator[None]:
    log = logging.getLogger("handler")
    before = log.level
    yield
    log.setLevel(before)

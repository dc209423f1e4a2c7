"""Fixtures of the document tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from handler.documents.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of the test's own."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    """One sandbox for many documents."""
    with Sandbox() as sandbox:
        yield sandbox

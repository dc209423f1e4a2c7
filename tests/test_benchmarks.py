"""What the benchmarks compare with is what they say. They are not run here."""

from __future__ import annotations

from tests.conftest import ROOT


def test_the_empty_function_has_the_versions_of_the_image() -> None:
    """Else the difference between the two would not be our code and our model alone."""
    pinned = (ROOT / "benchmarks/functions/hello/requirements.txt").read_text().splitlines()[1:]
    image = (ROOT / "requirements/image.txt").read_text()
    assert len(pinned) == 4
    for line in pinned:
        assert f"\n{line} " in image, line

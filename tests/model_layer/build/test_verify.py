"""The build refuses a bundle that disagrees with the reference, and says where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model_layer.build.errors import BuildError, Disagreement
from model_layer.build.verify import WORST, verify
from model_layer.places import DEFAULT_BUNDLE


def test_the_built_bundle_agrees(small_golden: Path) -> None:
    assert verify(DEFAULT_BUNDLE, "int8") >= WORST["int8"]


def test_one_wrong_vector_is_a_disagreement_that_names_its_text(small_golden: Path) -> None:
    vectors = np.load(small_golden / "vectors.npy")
    vectors[5] = vectors[6]
    np.save(small_golden / "vectors.npy", vectors)
    with pytest.raises(Disagreement, match=r"reference text 5 \(\w+\) has cosine"):
        verify(DEFAULT_BUNDLE, "int8")


def test_vectors_that_are_all_slightly_off_are_a_disagreement(small_golden: Path) -> None:
    """fp32's mean asks for more than int8 gives, even where no text is below fp32's worst."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(WORST, "fp32", 0.5)
        with pytest.raises(Disagreement, match=r"the mean cosine over the reference texts is 0\.9"):
            verify(DEFAULT_BUNDLE, "fp32")


def test_a_wrong_token_count_is_a_disagreement(small_golden: Path) -> None:
    tokens = np.load(small_golden / "tokens.npy")
    tokens[3, 0] += 1
    np.save(small_golden / "tokens.npy", tokens)
    with pytest.raises(Disagreement, match=r"tokens of reference texts \[3\] differently"):
        verify(DEFAULT_BUNDLE, "int8")


def test_a_missing_reference_is_named(small_golden: Path) -> None:
    (small_golden / "tokens.npy").unlink()
    with pytest.raises(BuildError, match=r"reference vectors are missing: .*tokens\.npy"):
        verify(DEFAULT_BUNDLE, "int8")

"""The fingerprint names the vector space."""

from __future__ import annotations

from model_layer.artifacts import read_bundle
from model_layer.build import manifest
from model_layer.places import DEFAULT_BUNDLE


def test_the_fingerprint_changes_with_every_fact_that_decides_vectors() -> None:
    facts = manifest.facts("int8", DEFAULT_BUNDLE)
    assert manifest.fingerprint(facts) == read_bundle().fingerprint
    for name in facts:
        assert manifest.fingerprint({**facts, name: "other"}) != manifest.fingerprint(facts)

"""The Dockerfile's labels and stages are right. It is built in tests/sam, which needs Docker."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from handler.version import VERSION
from model_layer.artifacts import read_bundle
from model_layer.places import PRECISIONS
from tests.paths import ROOT
from tests.template.transformed import PARAMETERS

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_labels_have_the_version_and_the_fingerprints(bundles: Mapping[str, Path]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.findall(r"ARG VERSION=(.*)", DOCKERFILE) == [version] == [VERSION]
    fingerprints = dict(re.findall(r"ARG FINGERPRINT_(\w+)=(.*)", DOCKERFILE))
    assert fingerprints == {
        precision: read_bundle(folder).fingerprint for precision, folder in bundles.items()
    }


def test_every_precision_of_the_template_is_a_stage_and_the_default_is_the_same() -> None:
    parameter = PARAMETERS["Precision"]
    assert re.findall(r"ARG MODEL_PRECISION=(.*)", DOCKERFILE) == [PRECISIONS[0]]
    assert parameter["Default"] == PRECISIONS[0]
    assert tuple(parameter["AllowedValues"]) == PRECISIONS
    # Each precision is a stage; the build argument selects the last one.
    stages = re.findall(r"^FROM function AS (.*)", DOCKERFILE, re.MULTILINE)
    assert tuple(stages) == PRECISIONS
    assert DOCKERFILE.rstrip().endswith("\nFROM $MODEL_PRECISION")

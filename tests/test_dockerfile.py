"""What the Dockerfile says of the image is true. tests/sam builds it, where there is a Docker."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from model_layer.artifacts import read_bundle
from model_layer.build.__main__ import PRECISIONS
from tests.conftest import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_images_labels_are_true(bundles: Mapping[str, Path]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.findall(r"ARG VERSION=(.*)", DOCKERFILE) == [version]
    fingerprints = dict(re.findall(r"ARG FINGERPRINT_(\w+)=(.*)", DOCKERFILE))
    assert fingerprints == {
        precision: read_bundle(folder).fingerprint for precision, folder in bundles.items()
    }


def test_the_image_has_the_default_precision_and_can_have_the_others() -> None:
    parameter = yaml_parse((ROOT / "template.yaml").read_text())["Parameters"]["Precision"]
    assert re.findall(r"ARG MODEL_PRECISION=(.*)", DOCKERFILE) == [PRECISIONS[0]]
    assert parameter["Default"] == PRECISIONS[0]
    assert tuple(parameter["AllowedValues"]) == PRECISIONS
    # Each is a stage of its own, and the last one is that of the argument.
    stages = re.findall(r"^FROM function AS (.*)", DOCKERFILE, re.MULTILINE)
    assert tuple(stages) == PRECISIONS
    assert DOCKERFILE.rstrip().endswith("\nFROM $MODEL_PRECISION")

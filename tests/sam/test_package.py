"""`sam package`, the first half of `sam deploy`, uploads the files that the template refers to."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.paths import ROOT
from tests.sam.commands import sam
from tests.sam.moto_server import Aws
from tests.template.transformed import IMAGE_FUNCTIONS

REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/minilm"


@pytest.fixture
def packaged(aws: Aws, tmp_path: Path) -> dict[str, Any]:
    """The resources of the packaged template."""
    boto3.client("s3").create_bucket(Bucket="uploads")
    template = yaml_parse((ROOT / ".aws-sam" / "build" / "template.yaml").read_text())
    for name in IMAGE_FUNCTIONS:  # as if they had been pushed: moto takes no images
        template["Resources"][name]["Properties"]["ImageUri"] = f"{REPOSITORY}:tag"
    source = ROOT / ".aws-sam" / "build" / "packaged.json"  # its paths are relative to the folder
    source.write_text(json.dumps(template))
    target = tmp_path / "packaged.yaml"
    options = ["--s3-bucket", "uploads", "--image-repository", REPOSITORY]
    done = sam("package", "-t", str(source), *options, "--output-template-file", str(target))
    assert done.returncode == 0, done.stdout + done.stderr
    resources: dict[str, Any] = yaml_parse(target.read_text())["Resources"]
    return resources


def uploaded(url: str) -> bytes:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    content: bytes = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def test_the_hooks_file_is_uploaded(packaged: dict[str, Any]) -> None:
    hook = packaged["WarmUpFunction"]["Properties"]
    archive = zipfile.ZipFile(io.BytesIO(uploaded(hook["CodeUri"])))
    module, _, _ = hook["Handler"].partition(".")
    assert archive.read(f"{module}.py") == (ROOT / "deployment/hook/warm_up.py").read_bytes()


def test_the_dashboards_body_is_uploaded(packaged: dict[str, Any]) -> None:
    include = packaged["Dashboard"]["Properties"]["Fn::Transform"]
    assert include["Name"] == "AWS::Include"
    content = uploaded(include["Parameters"]["Location"])
    assert content == (ROOT / "deployment/dashboard.yaml").read_bytes()
    assert list(yaml_parse(content.decode())) == ["DashboardBody"]

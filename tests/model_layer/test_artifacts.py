"""A missing or damaged bundle is an error with the file's name and the cure, before any work."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from handler.settings import Settings
from model_layer import BundleError, load_encoder
from model_layer.artifacts import CL100K, MODEL, TOKENIZER, WEIGHTS
from model_layer.places import DEFAULT_BUNDLE


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A copy of the bundle that a test may damage."""
    return Path(shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundle"))


def test_a_missing_bundle_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no model bundle: .*manifest\.json .*make model"):
        load_encoder(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [MODEL, WEIGHTS, TOKENIZER, CL100K])
def test_a_missing_file_is_an_error(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    with pytest.raises(BundleError, match=rf"has no .*{name}.*make model"):
        load_encoder(bundle)


@pytest.mark.parametrize("name", [MODEL, WEIGHTS, TOKENIZER, CL100K])
@pytest.mark.parametrize("verify", [True, False])
def test_a_truncated_file_is_an_error(bundle: Path, name: str, verify: bool) -> None:
    with (bundle / name).open("r+b") as file:
        file.truncate((bundle / name).stat().st_size // 2)
    with pytest.raises(BundleError, match=rf"{name} is \d+ bytes, not \d+\. .*make model"):
        load_encoder(bundle, verify=verify)


@pytest.mark.parametrize("name", [MODEL, WEIGHTS, TOKENIZER, CL100K])
def test_a_file_with_one_wrong_bit_is_an_error(bundle: Path, name: str) -> None:
    with (bundle / name).open("r+b") as file:
        file.seek((bundle / name).stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(BundleError, match=rf"{name} has SHA-256 .*make model"):
        load_encoder(bundle)


def test_a_model_that_onnxruntime_cannot_read_is_an_error(bundle: Path) -> None:
    (bundle / MODEL).write_bytes(b"\xff" * (bundle / MODEL).stat().st_size)
    with pytest.raises(BundleError, match=r"model\.onnx is not a model .*make model"):
        load_encoder(bundle, verify=False)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format": 3}', "\xff"])
def test_an_unreadable_manifest_is_an_error(bundle: Path, text: str) -> None:
    (bundle / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(BundleError, match=r"manifest\.json cannot be read .*make model"):
        load_encoder(bundle)


def test_a_manifest_of_another_format_is_an_error(bundle: Path) -> None:
    path = bundle / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(BundleError, match=r"has format 99, not 3\. .*make model"):
        load_encoder(bundle)


def test_a_server_checks_the_contents_and_a_lambda_function_only_sizes(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contents in the image were checked when it was built."""
    from handler.api import load_embeddings

    table = (bundle / CL100K).read_bytes()
    (bundle / CL100K).write_bytes(table[:-1] + b"?")
    monkeypatch.setattr("model_layer.places.DEFAULT_BUNDLE", bundle)
    with pytest.raises(BundleError, match=r"cl100k\.npy has SHA-256"):
        load_embeddings(Settings())
    load_embeddings(Settings(on_lambda=True))


def test_lambdas_user_can_read_every_file() -> None:
    assert [path.name for path in DEFAULT_BUNDLE.iterdir() if not path.stat().st_mode & 0o004] == []

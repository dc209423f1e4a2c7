"""The build: the same bytes every time, whole and verified or not at all."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import pytest

from model_layer.artifacts import DEFAULT_BUNDLE, MODEL, read_bundle
from model_layer.build import __main__ as command
from model_layer.build import fetch, graph, manifest, verify
from model_layer.build.errors import BuildError, Disagreement
from model_layer.build.parameters import Dense, Parameters
from model_layer.build.vocabulary import build_vocabulary
from tests.conftest import ROOT

PRODUCTS = {"int8": "DynamicQuantizeMatMul", "fp32": "MatMul"}


def assert_same_files(made: Path, expected: Path) -> None:
    files = sorted(path.name for path in expected.iterdir())
    assert files == sorted(path.name for path in made.iterdir())
    for name in files:
        assert (made / name).read_bytes() == (expected / name).read_bytes(), name


def test_two_builds_give_identical_bytes(tmp_path: Path, bundles: Mapping[str, Path]) -> None:
    command.build(tmp_path / "again", "fp32")
    assert_same_files(tmp_path / "again", bundles["fp32"])


def test_int8_is_the_same_bytes_whatever_the_blas_computes_with(tmp_path: Path) -> None:
    """Threads and the kernels for a CPU decide the last bits of its sums."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    if platform.machine() in ("x86_64", "AMD64"):
        environment["OPENBLAS_CORETYPE"] = "Haswell"  # Lambda's x86: AVX2
    options = ["--precision", "int8", "--output", str(tmp_path / "again")]
    run = [sys.executable, "-m", "model_layer.build", *options]
    subprocess.run(run, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    assert_same_files(tmp_path / "again", DEFAULT_BUNDLE)


def test_a_second_run_does_nothing_and_says_nothing() -> None:
    before = {path: path.stat().st_mtime_ns for path in DEFAULT_BUNDLE.iterdir()}
    run = [sys.executable, "-m", "model_layer.build"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == done.stderr == b""
    assert before == {path: path.stat().st_mtime_ns for path in DEFAULT_BUNDLE.iterdir()}


def test_a_change_of_the_recipe_calls_for_a_new_build(monkeypatch: pytest.MonkeyPatch) -> None:
    assert command.up_to_date(DEFAULT_BUNDLE, "int8")
    assert not command.up_to_date(DEFAULT_BUNDLE, "fp32")
    monkeypatch.setattr(manifest, "LIBRARIES", ("numpy",))
    assert not command.up_to_date(DEFAULT_BUNDLE, "int8")


def test_a_bundle_that_disagrees_is_not_left_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "old").touch()
    build_graph = graph.build_graph

    def with_one_weight_wrong(parameters: Parameters[Dense], path: Path) -> None:
        parameters.layers[4].output.weight[:, 7] *= -1
        build_graph(parameters, path)

    monkeypatch.setattr(graph, "build_graph", with_one_weight_wrong)
    with pytest.raises(Disagreement, match=r"text \d+ \(.+\) has cosine 0\.\d+, not 0\.9"):
        command.build(bundle, "fp32")
    assert [path.name for path in tmp_path.rglob("*")] == ["bundle", "old"]


def test_a_wrong_token_count_is_a_disagreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("texts.json", "vectors.npy"):
        (tmp_path / name).write_bytes((verify.GOLDEN / name).read_bytes())
    tokens = np.load(verify.GOLDEN / "tokens.npy")
    tokens[3, 0] += 1
    np.save(tmp_path / "tokens.npy", tokens)
    monkeypatch.setattr(verify, "GOLDEN", tmp_path)
    with pytest.raises(Disagreement, match=r"other tokens for reference texts \[3\]"):
        verify.verify(DEFAULT_BUNDLE, "int8")


def test_a_failure_is_one_message_and_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = fetch.SourceFile("model.safetensors", "00", ())
    monkeypatch.setattr(command, "source_files", lambda: (nowhere,))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["build", "--output", str(tmp_path / "bundle")])
    assert command.main() == 1
    assert capsys.readouterr().err.startswith("No model bundle was built. No source could deliver")
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize(("precision", "product"), PRODUCTS.items())
def test_the_graph_is_fused_and_takes_one_text(
    bundles: Mapping[str, Path], precision: str, product: str
) -> None:
    model = onnx.load(bundles[precision] / MODEL, load_external_data=False)
    operators = [node.op_type for node in model.graph.node]
    assert operators.count("MultiHeadAttention") == operators.count("Gelu") == 6
    assert operators.count(product) == 6 * 4
    assert len(operators) < 160
    (ids,) = model.graph.input
    assert [d.dim_param or d.dim_value for d in ids.type.tensor_type.shape.dim] == [1, "tokens"]


def test_the_fingerprint_changes_with_anything_that_changes_vectors() -> None:
    facts = manifest.facts("int8", DEFAULT_BUNDLE)
    assert manifest.fingerprint(facts) == read_bundle().fingerprint
    for name in facts:
        assert manifest.fingerprint({**facts, name: "other"}) != manifest.fingerprint(facts)


def test_a_vocabulary_with_a_hole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ranks").write_text("IQ== 0\nIg== 2\n")
    with pytest.raises(BuildError, match="does not have the ids 0 to 100255"):
        build_vocabulary(tmp_path / "ranks", tmp_path / "table.npy")

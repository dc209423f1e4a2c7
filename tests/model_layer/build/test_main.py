"""A build gives the same bytes every time, and appears complete and verified or not at all."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from model_layer import recipe
from model_layer.build import __main__ as command
from model_layer.build import fetch, graph
from model_layer.build.errors import Disagreement
from model_layer.build.parameters import Dense, Parameters
from model_layer.places import DEFAULT_BUNDLE
from tests.paths import ROOT


def assert_same_files(built: Path, expected: Path) -> None:
    files = sorted(path.name for path in expected.iterdir())
    assert files == sorted(path.name for path in built.iterdir())
    for name in files:
        assert (built / name).read_bytes() == (expected / name).read_bytes(), name


@pytest.mark.slow
def test_two_fp32_builds_are_identical(tmp_path: Path, bundles: Mapping[str, Path]) -> None:
    command.build(tmp_path / "again", "fp32")
    assert_same_files(tmp_path / "again", bundles["fp32"])


@pytest.mark.slow
def test_int8_builds_are_identical_with_the_kernels_of_another_cpu(tmp_path: Path) -> None:
    """BLAS's threads and its kernels for a CPU decide the last bits of its sums."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    if platform.machine() in ("x86_64", "AMD64"):
        environment["OPENBLAS_CORETYPE"] = "Haswell"  # Lambda's x86: AVX2
    options = ["--precision", "int8", "--output", str(tmp_path / "again")]
    run = [sys.executable, "-m", "model_layer.build", *options]
    subprocess.run(run, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    assert_same_files(tmp_path / "again", DEFAULT_BUNDLE)


def test_a_second_run_does_nothing_and_prints_nothing() -> None:
    before = {path: path.stat().st_mtime_ns for path in DEFAULT_BUNDLE.iterdir()}
    run = [sys.executable, "-m", "model_layer.build"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == done.stderr == b""
    assert before == {path: path.stat().st_mtime_ns for path in DEFAULT_BUNDLE.iterdir()}


def test_a_changed_recipe_needs_a_new_build(monkeypatch: pytest.MonkeyPatch) -> None:
    assert command.up_to_date(DEFAULT_BUNDLE, "int8")
    assert not command.up_to_date(DEFAULT_BUNDLE, "fp32")
    monkeypatch.setattr(recipe, "LIBRARIES", ("numpy",))
    assert not command.up_to_date(DEFAULT_BUNDLE, "int8")


@pytest.mark.usefixtures("small_golden")
def test_a_bundle_that_disagrees_is_removed_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundles" / "bundle"
    bundle.mkdir(parents=True)
    (bundle / "old").touch()
    build_graph = graph.build_graph

    def with_wrong_weights(parameters: Parameters[Dense], path: Path) -> None:
        parameters.layers[4].output.weight[:, 7] *= -1
        build_graph(parameters, path)

    monkeypatch.setattr(graph, "build_graph", with_wrong_weights)
    with pytest.raises(Disagreement, match=r"text \d+ \(.+\) has cosine 0\.\d+, not 0\.9"):
        command.build(bundle, "fp32")
    assert [path.name for path in bundle.parent.rglob("*")] == ["bundle", "old"]


def test_a_failed_build_is_one_message_and_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_source = fetch.SourceFile("model.safetensors", "00", ())
    monkeypatch.setattr(command, "source_files", lambda: (without_source,))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["build", "--output", str(tmp_path / "bundle")])
    assert command.main() == 1
    assert capsys.readouterr().err.startswith("No model bundle was built. No source could deliver")
    assert not (tmp_path / "bundle").exists()

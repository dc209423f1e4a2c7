"""The image's content for both architectures, emulators that run it here, and model bundles."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from model_layer.artifacts import CL100K, MODEL, TOKENIZER, WEIGHTS
from model_layer.build import graph, manifest
from model_layer.build.fetch import fetch, source_files
from model_layer.build.parameters import read_parameters
from model_layer.build.quantize import quantize
from model_layer.places import DEFAULT_BUNDLE, PRECISIONS
from tests.cpus.machines import FULL_RANGE, MACHINES, Emulate
from tests.paths import ROOT

CPUS = ROOT / ".cpus"  # kept between runs


@pytest.fixture(scope="session")
def packages() -> Callable[[str], Path]:
    """Installs requirements/image.txt for a machine, and returns the folder.

    The wheels are those that pip installs in the image: for CPython 3.13, and glibc 2.34 of Amazon
    Linux 2023. A missing wheel or another hash is an error.
    """

    @functools.cache
    def install(machine: str) -> Path:
        folder = CPUS / f"packages-{machine}"
        platform = ["--python-platform", f"{machine}-manylinux_2_34", "--python-version", "3.13"]
        checks = ["--only-binary", ":all:", "--require-hashes", "requirements/image.txt"]
        uv = Path(sys.executable).with_name("uv")
        environment = dict(os.environ)
        if mirror := environment.get("PIP_INDEX_URL"):  # uv ignores pip's settings
            environment.setdefault("UV_DEFAULT_INDEX", mirror)
        prepare(uv, "pip", "sync", "--target", folder, *platform, *checks, env=environment)
        return folder

    return install


@pytest.fixture(scope="session")
def emulate(packages: Callable[[str], Path]) -> Emulate:
    """Runs a Python program with the image's content on an emulated CPU."""
    prepared = prepare(ROOT / "tests/cpus/prepare.sh", CPUS, check=False)
    if prepared.returncode == 3:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(prepared.stderr.strip())
    assert prepared.returncode == 0, prepared.stderr

    def run(cpu: str, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        machine = MACHINES[cpu]
        root = CPUS / f"root-{machine}"
        emulator: list[str | Path] = [
            CPUS / f"emulators/usr/bin/qemu-{machine}",
            "-cpu",
            cpu,
            "-L",
            root,
        ]
        python: list[str | Path] = [root / "usr/bin/python3.13", "-c", program]
        environment = {
            "AWS_LAMBDA_FUNCTION_NAME": "embeddings",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3538",  # two CPUs
            "PYTHONPATH": str(ROOT),  # for `handler` and `model_layer`
            "PYTHONPYCACHEPREFIX": str(CPUS / "pycache"),
        }
        done = subprocess.run(
            [*emulator, *python, *arguments],
            cwd=packages(machine),
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds the bundle of a precision, or of FULL_RANGE, and returns its folder."""

    @functools.cache
    def build(model: str) -> Path:
        if model == FULL_RANGE:
            return build_full_range(build("int8"), tmp_path_factory.mktemp("full-range"))
        assert model in PRECISIONS
        folder = DEFAULT_BUNDLE if model == PRECISIONS[0] else CPUS / f"bundle-{model}"
        command = [sys.executable, "-m", "model_layer.build", "--precision", model]
        prepare(*command, "--output", folder)
        return folder

    return build


def build_full_range(int8: Path, folder: Path) -> Path:
    """Build an int8 bundle whose weights saturate the 16-bit sums of AVX2."""
    for name in (TOKENIZER, CL100K):
        shutil.copyfile(int8 / name, folder / name)
    weights = next(file for file in source_files() if file.name == "model.safetensors")
    parameters = quantize(read_parameters(fetch(weights)), folder / TOKENIZER, pairs_bounded=False)
    graph.build_graph(parameters, folder / MODEL)
    manifest.write_manifest(folder, [MODEL, WEIGHTS, TOKENIZER, CL100K], "int8")
    return folder


def prepare(
    *command: str | Path, check: bool = True, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command that writes to CPUS, while other pytest-xdist workers wait."""
    CPUS.mkdir(exist_ok=True)
    with (CPUS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(
            command, cwd=ROOT, env=env, check=check, stderr=subprocess.PIPE, text=True
        )

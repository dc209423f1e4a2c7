"""The image's content for both architectures, emulators that run it here, and the bundles."""

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

from model_layer.artifacts import CL100K, DEFAULT_BUNDLE, MODEL, TOKENIZER, WEIGHTS
from model_layer.build import graph, manifest
from model_layer.build.__main__ import PRECISIONS
from model_layer.build.fetch import fetch, source_files
from model_layer.build.parameters import read_parameters
from model_layer.build.quantize import quantize
from tests.conftest import ROOT

CPUS = ROOT / ".cpus"  # kept between runs

HASWELL = "Haswell-noTSX"  # AVX2 without VNNI, as on Lambda's x86; TSX is what qemu cannot emulate
GRAVITON2 = "neoverse-n1"
GRAVITON3 = "neoverse-v1"
MACHINES = {HASWELL: "x86_64", GRAVITON2: "aarch64", GRAVITON3: "aarch64"}

FULL_RANGE = "int8, full range"

Emulate = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def packages() -> Callable[[str], Path]:
    """Of a machine: the folder with its wheels of requirements/image.txt.

    The wheels are those that pip takes in the image: for CPython 3.13, and glibc 2.34, which
    Amazon Linux 2023 has. One that does not exist, or has another hash, is an error.
    """

    @functools.cache
    def install(machine: str) -> Path:
        folder = CPUS / f"packages-{machine}"
        platform = ["--python-platform", f"{machine}-manylinux_2_34", "--python-version", "3.13"]
        checks = ["--only-binary", ":all:", "--require-hashes", "requirements/image.txt"]
        uv = Path(sys.executable).with_name("uv")
        environment = dict(os.environ)
        if mirror := environment.get("PIP_INDEX_URL"):  # uv does not look at pip's settings
            environment.setdefault("UV_DEFAULT_INDEX", mirror)
        prepare(uv, "pip", "sync", "--target", folder, *platform, *checks, env=environment)
        return folder

    return install


@pytest.fixture(scope="session")
def emulate(packages: Callable[[str], Path]) -> Emulate:
    """Runs a Python program with the image's content, with arguments, on an emulated CPU."""
    prepared = prepare(ROOT / "tests/cpus/prepare.sh", CPUS, check=False)
    if prepared.returncode == 3:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(prepared.stderr.strip())
    assert prepared.returncode == 0, prepared.stderr

    def run(cpu: str, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        machine = MACHINES[cpu]
        root = CPUS / f"root-{machine}"
        emulator = [CPUS / f"emulators/usr/bin/qemu-{machine}", "-cpu", cpu, "-L", root]
        python = [root / "usr/bin/python3.13", "-c", program]
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
    """Of a precision, or FULL_RANGE: the folder of its bundle."""

    @functools.cache
    def build(model: str) -> Path:
        if model == FULL_RANGE:
            return build_full_range(build("int8"), tmp_path_factory.mktemp("full-range"))
        assert model in PRECISIONS
        folder = DEFAULT_BUNDLE if model == PRECISIONS[0] else CPUS / f"bundle-{model}"
        options = ["--precision", model, "--output", folder]
        prepare(sys.executable, "-m", "model_layer.build", *options)
        return folder

    return build


def build_full_range(int8: Path, folder: Path) -> Path:
    """The int8 bundle, but with weights that saturate the 16-bit sums of AVX2."""
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
    """Run a command that makes something in CPUS; other workers of pytest-xdist wait meanwhile."""
    CPUS.mkdir(exist_ok=True)
    with (CPUS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(
            command, cwd=ROOT, env=env, check=check, stderr=subprocess.PIPE, text=True
        )

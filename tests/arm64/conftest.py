"""The image's content for arm64, and an emulator that runs it on this machine."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

ARM64 = ROOT / ".arm64"  # kept between runs

Emulate = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def packages() -> Callable[[str], Path]:
    """Of a machine: the folder with its wheels of requirements/image.txt.

    The wheels are those that pip takes in the image: for CPython 3.13, and glibc 2.34, which
    Amazon Linux 2023 has. One that does not exist, or has another hash, is an error.
    """

    @functools.cache
    def install(machine: str) -> Path:
        folder = ARM64 / machine
        platform = ["--python-platform", f"{machine}-manylinux_2_34", "--python-version", "3.13"]
        checks = ["--only-binary", ":all:", "--require-hashes", "requirements/image.txt"]
        command = [
            Path(sys.executable).with_name("uv"),
            "pip",
            "sync",
            "--target",
            folder,
            *platform,
            *checks,
        ]
        environment = dict(os.environ)
        if mirror := environment.get("PIP_INDEX_URL"):  # uv does not look at pip's settings
            environment.setdefault("UV_DEFAULT_INDEX", mirror)
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        return folder

    return install


@pytest.fixture(scope="session")
def task(packages: Callable[[str], Path]) -> Path:
    """As /var/task in the image: the packages, `handler` and `model_layer` side by side."""
    folder = packages("aarch64")
    for name in ("handler", "model_layer"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="session")
def emulate(task: Path) -> Emulate:
    """Runs a Python program in `task`, with arguments, on an emulated CPU."""
    prepared = subprocess.run(
        [ROOT / "tests/arm64/prepare.sh", ARM64], stderr=subprocess.PIPE, text=True
    )
    if prepared.returncode == 3:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(prepared.stderr.strip())
    assert prepared.returncode == 0, prepared.stderr

    def run(cpu: str, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        emulator = [ARM64 / "emulator/usr/bin/qemu-aarch64", "-cpu", cpu, "-L", ARM64 / "root"]
        python = [ARM64 / "root/usr/bin/python3.13", "-c", program]
        environment = {
            "AWS_LAMBDA_FUNCTION_NAME": "embeddings",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3538",  # two CPUs
            "PYTHONPYCACHEPREFIX": str(ARM64 / "pycache"),
        }
        command = [*emulator, *python, *arguments]
        done = subprocess.run(command, cwd=task, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done

    return run

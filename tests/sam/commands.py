"""The `sam` and `docker` commands that the tests run, and the names that both need."""

from __future__ import annotations

import functools
import os
import platform
import subprocess

from tests.paths import ROOT

SAM = str(ROOT / ".venv-sam" / "bin" / "sam")
ARM = platform.machine() in ("arm64", "aarch64")
# This machine's architecture; the other one would be emulated.
ARCHITECTURE = ["--parameter-overrides", f"Architecture={'arm64' if ARM else 'x86_64'}"]
IMAGE = "apifunction:latest"  # the name that `sam build` gives: function and DockerTag
BASE = "public.ecr.aws/lambda/python:3.13"


def environment() -> dict[str, str]:
    """The environment of `sam`: this process's own, without telemetry."""
    return {**os.environ, "SAM_CLI_TELEMETRY": "0"}


def sam(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a `sam` command on the project and its template."""
    command = [SAM, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)


@functools.cache
def build() -> None:
    """Build the image, and the template that names it in `.aws-sam/build`."""
    done = sam("build", *ARCHITECTURE)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]


def docker(*arguments: str, stdin: str = "") -> str:
    """What a `docker` command prints. Fails the test if the command fails."""
    command = ["docker", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout

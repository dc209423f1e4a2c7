"""`make` on a machine that lacks something: one clear sentence, no traceback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT


def make(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=cwd,
        env={**os.environ, "MAKEFLAGS": "", "MAKELEVEL": "", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without an environment: all that `make` needs to begin."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def test_an_older_python_is_named(checkout: Path) -> None:
    old = checkout / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")  # "is the version at least 3.11?" "no"
    old.chmod(0o755)
    done = make("serve", f"PYTHON={old}", cwd=checkout)
    assert done.returncode != 0
    assert f"{old} is not Python 3.11 or newer." in done.stderr
    done = make("serve", "PYTHON=", cwd=checkout)
    assert "Python 3.11 or newer is needed; none was found." in done.stderr


def test_an_unreachable_package_index_is_explained(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        address = f"http://127.0.0.1:{closed_soon.getsockname()[1]}/simple"
    done = make(
        "serve", f"PYTHON={sys.executable}",
        cwd=checkout, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=address, PIP_NO_CACHE_DIR="1",
    )  # fmt: skip
    assert done.returncode != 0
    assert "check the network or set PIP_INDEX_URL to a mirror" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) < 6
    assert not (checkout / ".venv" / "serve").exists()


@pytest.mark.parametrize("target", ["image", "sam-local"])
def test_a_docker_daemon_that_does_not_answer_is_explained(target: str) -> None:
    done = make(target, DOCKER_HOST="unix:///nowhere")
    assert done.returncode != 0
    assert done.stderr.startswith("Docker does not answer. Start it, or install it")


def test_without_docker_the_docker_tests_are_skipped_except_in_ci() -> None:
    # -o: take the environment and the model as they are.
    test_sam = ["test-sam", "-o", ".venv/dev", "-o", "model"]
    done = make(*test_sam, DOCKER_HOST="unix:///nowhere", CI="")
    assert done.returncode == 0
    assert done.stdout.startswith("Skipped: Docker does not answer.")
    done = make(*test_sam, DOCKER_HOST="unix:///nowhere", CI="true")
    assert done.returncode != 0
    assert "CI=true asks for its tests" in done.stderr


def test_without_a_browser_its_tests_are_skipped_except_in_ci() -> None:
    test_browser = ["test-browser", "-o", ".venv/serve", "-o", "model"]
    done = make(*test_browser, CHROMIUM="/nowhere/chromium", CI="")
    assert (done.returncode, done.stdout) == (0, "Skipped.\n")
    assert "The page is not tested in a browser" in done.stderr
    done = make(*test_browser, CHROMIUM="/nowhere/chromium", CI="true")
    assert done.returncode != 0
    assert "CI=true asks for these tests" in done.stderr


@pytest.mark.parametrize(
    ("programs", "lacks"),
    [
        ({}, "it needs Node 20 or newer, with npm."),
        ({"node": "v20.1.0"}, "it needs Node 20 or newer, with npm."),
        ({"node": "v18.19.1", "npm": ""}, "it needs Node 20 or newer; this is v18.19.1."),
        ({"node": "v20.1.0", "npm": ""}, "it needs Chromium (on Debian: apt-get install chromium)"),
        ({"node": "v22.1.0", "npm": "", "google-chrome": ""}, None),
    ],
)
def test_what_the_browser_tests_lack_is_named(
    tmp_path: Path, programs: dict[str, str], lacks: str | None
) -> None:
    for name, answer in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\necho {answer}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/bash", str(ROOT / "tests" / "browser" / "needs")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    if lacks is None:
        assert done.stdout.strip() == str(tmp_path / "google-chrome")
    else:
        assert done.returncode != 0
        assert f"The page is not tested in a browser: {lacks}" in done.stderr


def test_an_image_has_the_precision_that_was_asked_for() -> None:
    done = make("-n", "image", "PRECISION=fp32", "-o", "docker")
    assert '--build-arg "MODEL_PRECISION=fp32"' in done.stdout


def test_an_architecture_that_lambda_lacks_is_named() -> None:
    done = make("image", "ARCH=riscv64", "-o", "docker")
    assert done.returncode != 0
    assert done.stderr.startswith("ARCH is 'riscv64'; it can be amd64 or arm64.")


@pytest.mark.parametrize(
    "name",
    ["a$b", "$(shell touch made)", "${HOME}", "a`touch made`", "$$(touch made)", "a'b\"c", "-x #1"],
)
@pytest.mark.parametrize(("target", "variable"), [("ingest", "DIR"), ("text", "FILE")])
def test_names_of_files_reach_the_commands_as_they_were_typed(
    target: str, variable: str, name: str, checkout: Path
) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    python.chmod(0o755)
    done = make(target, f"{variable}={name}", "-o", ".venv/serve", "-o", "model", cwd=checkout)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"|--|{name}|")
    assert not (checkout / "made").exists()


def test_whoever_asks_for_the_model_is_shown_it_and_what_needs_it_is_not(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$MINILM_CALLED_BY: $*"\n')
    python.chmod(0o755)
    done = make("model", "PRECISION=fp32", "-o", ".venv/serve", cwd=checkout, MINILM_CALLED_BY="")
    assert done.stdout == "make: -m handler.commands model --precision fp32\n"
    done = make("serve", "-o", ".venv/serve", cwd=checkout, MINILM_CALLED_BY="")
    assert done.stdout.splitlines() == [
        ": -m model_layer.build --precision int8",
        "make: -m handler.commands serve",
    ]


def test_remove_is_passed_on_unless_it_means_no(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    python.chmod(0o755)
    for value, option in {"1": "--remove|", "0": "", "": ""}.items():
        arguments = ["DIR=docs", f"REMOVE={value}", "-o", ".venv/serve", "-o", "model"]
        done = make("ingest", *arguments, cwd=checkout)
        assert done.stdout.endswith(f"|ingest|{option}--|docs|")

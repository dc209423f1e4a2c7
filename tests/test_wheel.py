"""The wheel is all that `minilm` needs: it runs in an empty environment, without the checkout.

The model is fetched and built there, too: two minutes, and network.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from handler.version import VERSION
from model_layer import Encoder, read_bundle
from tests.paths import ROOT

pytestmark = pytest.mark.slow

TEXT = "Error E-2041 means that the pump is dry."


def run(*command: str | Path, **options: object) -> str:
    """Its standard output. Standard error goes into the test's report."""
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, text=True, **options  # type: ignore[call-overload]
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    output: str = done.stdout
    return output


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from what git has of the checkout: without a bundle, for example."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with some documents, and with the user's settings of pip."""
    home = tmp_path_factory.mktemp("home")
    (home / "manuals").mkdir()
    (home / "manuals" / "pump.md").write_text(f"# Pump\n\n{TEXT}\n")
    for name in (".config/pip", ".pip"):
        if (Path.home() / name).is_dir():
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).symlink_to(Path.home() / name)
    return home


class Installed:
    """`minilm` in an environment of its own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.program, self._home = folder / "bin" / "minilm", home
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        cache = str(home / "cache")
        self.environment = {**kept, "HOME": str(home), "XDG_CACHE_HOME": cache}
        self.environment.pop("VECTOR_STORE", None)

    def __call__(self, *arguments: str) -> str:
        return run(self.program, *arguments, cwd=self._home, env=self.environment)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.program, *arguments],
            cwd=self._home, env=self.environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip


@pytest.fixture(scope="module")
def minilm(wheel: Path, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "serve.txt")
    run(*pip[:-1], wheel)  # with its dependencies, which the lock must satisfy
    run(folder / "bin" / "python", "-m", "pip", "check")
    return Installed(folder, home)


# First of those that need the model: the others find the one that this builds.
def test_two_commands_that_need_the_model_build_it_once(minilm: Installed, home: Path) -> None:
    bundles = home / "cache" / "minilm-lambda" / "bundles"
    shutil.rmtree(bundles, ignore_errors=True)  # what a test in another order has built
    processes = [minilm.start("embed", "a cat", "--json") for _ in range(2)]
    first, second = (process.communicate(timeout=600)[0] for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert first == second
    assert len([path for path in bundles.iterdir() if path.is_dir()]) == 1


def test_the_wheel_has_the_packages_and_their_data_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "handler", "model_layer", f"minilm_lambda-{VERSION}.dist-info",
    }  # fmt: skip
    tracked = run("git", "ls-files", "handler", "model_layer", cwd=ROOT).split()
    reference = [
        f"model_layer/build/reference/{name}"
        for name in ("texts.json", "tokens.npy", "vectors.npy")
    ]
    assert sorted(name for name in names if "dist-info" not in name) == sorted(tracked + reference)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    run(uv, "build", "--quiet", "--sdist", "--out-dir", tmp_path, ROOT)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, unpacked)
    (again,) = tmp_path.glob("*.whl")
    assert again.name == wheel.name
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        for name in one.namelist():
            assert one.read(name) == other.read(name), name


def test_it_ingests_searches_embeds_and_serves(
    minilm: Installed, home: Path, encoder: Encoder
) -> None:
    assert minilm("--version") == f"minilm {VERSION}\n"
    assert json.loads(minilm("ingest", "manuals"))["documents"] == {"ingested": 1}
    model = json.loads(minilm("model", "--info"))
    assert Path(model["folder"]).parent == home / "cache" / "minilm-lambda" / "bundles"
    assert model["fingerprint"] == read_bundle().fingerprint
    (result,) = map(json.loads, minilm("search", "why is it E-2041?").splitlines())
    assert result["filename"] == "pump.md"
    assert TEXT in result["content"][0]["text"]
    assert TEXT in minilm("text", "manuals/pump.md")
    minilm("embed", "a cat", "--output", "cat.npy")
    assert np.array_equal(np.load(home / "cat.npy"), encoder.encode(["a cat"]).vectors)
    for answer in served(minilm):
        assert answer.status_code == 200, answer.text


def served(minilm: Installed) -> Iterator[httpx.Response]:
    with minilm.start("serve", "--port", "0", "--host", "127.0.0.1") as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+/v1", line)
            assert found, line
            yield httpx.post(f"{found[0]}/embeddings", json={"input": "a cat"})
            yield httpx.post(f"{found[0]}/vector_stores/documents/search", json={"query": "pump"})
            yield httpx.get(found[0].replace("/v1", "/docs"))
        finally:
            process.terminate()


def test_the_front_door_finds_the_model_that_the_command_has_built(minilm: Installed) -> None:
    minilm("model")
    python = minilm.program.with_name("python")
    program = "from model_layer import load_encoder; print(load_encoder().bundle.fingerprint)"
    printed = run(python, "-P", "-c", program, cwd="/", env=minilm.environment)
    assert printed.strip() == read_bundle().fingerprint


def test_uv_installs_it_with_the_newest_libraries(wheel: Path, home: Path, tmp_path: Path) -> None:
    """Without the lock, as people do: what has come out since must work, too."""
    uv = Path(sys.executable).with_name("uv")
    places = {"UV_TOOL_DIR": f"{tmp_path}/tools", "UV_TOOL_BIN_DIR": f"{tmp_path}/bin"}
    command = (uv, "tool", "install", "--quiet", "--python", sys.executable, wheel)
    run(*command, env={**os.environ, **places})
    minilm = Installed(tmp_path, home)
    assert json.loads(minilm("ingest", "manuals", "--store", "new.sqlite"))["chunks"] == 1
    (result,) = map(json.loads, minilm("search", "E-2041", "--store", "new.sqlite").splitlines())
    assert TEXT in result["content"][0]["text"]

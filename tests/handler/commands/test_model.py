"""`minilm model` builds, shows and removes the bundle; others build it when it is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from errno import EACCES
from pathlib import Path

import pytest

from handler.commands import ingest, model, text
from handler.commands.bundle import find_or_build_bundle
from model_layer import BundleError, read_bundle
from model_layer.places import DEFAULT_BUNDLE
from tests.other_user import AnotherUser, shared_folder, write_protected


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the bundle is looked for."""
    monkeypatch.setattr("model_layer.places.DEFAULT_BUNDLE", tmp_path / "bundle")
    return tmp_path / "bundle"


def test_the_model_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert model.main(["--info"]) == 0  # into a pipe
    facts = json.loads(capsys.readouterr().out)
    assert facts["fingerprint"] == read_bundle().fingerprint
    assert facts["folder"] == str(DEFAULT_BUNDLE)
    assert facts["bytes"] == sum(one["bytes"] for one in read_bundle().files.values())
    assert model.main(["--info", "--text"]) == 0
    shown = capsys.readouterr().out
    assert f"fingerprint  {facts['fingerprint']}\n" in shown
    assert f"bytes        {facts['bytes']:,}\n" in shown


def test_no_model_is_one_sentence_with_the_cure(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert model.main(["--info"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("There is no model bundle: ")
    assert "Run `make model`" in said
    assert model.main(["--remove"]) == 1
    assert capsys.readouterr().err == f"There is no model in {folder}.\n"


def test_the_model_is_removed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(DEFAULT_BUNDLE, folder)
    assert model.main(["--remove", "--text"]) == 0
    said = capsys.readouterr().out
    assert said == f"Removed {folder}. The next command that needs the model builds it again.\n"
    assert not folder.exists()
    folder.mkdir()
    assert model.main(["--remove"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": str(folder)}


def test_a_model_that_may_not_be_removed_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(EACCES, "Permission denied", f"{path}/manifest.json")

    folder.mkdir()
    monkeypatch.setattr(shutil, "rmtree", refuse)
    assert model.main(["--remove"]) == 1
    said = capsys.readouterr().err
    assert said == f"{folder} cannot be removed: Permission denied.\n"


def test_a_model_that_cannot_be_built_again_is_shown_and_not_removed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in the image, which has the model, and not its build."""
    monkeypatch.setattr("handler.commands.bundle.find_spec", lambda name: None)
    shutil.copytree(DEFAULT_BUNDLE, folder)
    assert model.main([]) == 0
    assert json.loads(capsys.readouterr().out)["fingerprint"] == read_bundle().fingerprint
    other = "fp32" if read_bundle().precision == "int8" else "int8"
    assert model.main(["--precision", other]) == 1
    assert f"and {other} is asked for" in capsys.readouterr().err
    assert model.main(["--remove"]) == 1
    said = capsys.readouterr().err
    assert said == f"{folder} is not removed: this installation cannot build the model again.\n"
    assert (folder / "manifest.json").exists()


def test_another_user_may_not_remove_the_model() -> None:
    imports = "import sys\nimport model_layer.places as places\nfrom handler.commands import model"
    code = """
from pathlib import Path
places.DEFAULT_BUNDLE = Path(sys.argv[1])
sys.stderr = sys.stdout
print(model.main(["--remove"]))
"""
    with shared_folder() as place:
        folder = place / "bundle"
        folder.mkdir()
        (folder / "manifest.json").write_text("{}")
        with write_protected(folder):
            said = AnotherUser(imports, code, str(folder)).output()
        assert said == f"{folder} cannot be removed: Permission denied.\n1\n"
        assert (folder / "manifest.json").exists()


def test_a_damaged_model_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(DEFAULT_BUNDLE, folder)
    (folder / "tokenizer.json").write_text("damaged")
    assert model.main(["--info"]) == 1
    assert "tokenizer.json is 7 bytes" in capsys.readouterr().err


def test_another_precision_than_the_one_there_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "fp32" if read_bundle().precision == "int8" else "int8"
    monkeypatch.setenv("PRECISION", other)
    assert model.main(["--info"]) == 1
    assert f"and {other} is asked for" in capsys.readouterr().err


def test_a_bundle_that_is_there_is_not_built() -> None:
    found = find_or_build_bundle(None)
    assert (found.folder, found.is_new) == (DEFAULT_BUNDLE, False)


def test_a_missing_bundle_is_built_and_that_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    calls: list[list[str]] = []

    class Build(subprocess.Popen[bytes]):
        """Copies the bundle in place of a minute's work, and prints on standard output."""

        def __init__(self, command: list[str], **options: object) -> None:
            calls.append(command)
            built = f"import shutil; shutil.copytree({str(DEFAULT_BUNDLE)!r}, {str(folder)!r})"
            super().__init__([sys.executable, "-c", f"{built}; print('ok')"], **options)  # type: ignore[call-overload]

    monkeypatch.setattr("handler.commands.bundle.subprocess.Popen", Build)
    found = find_or_build_bundle(None)
    assert (found.folder, found.is_new) == (folder, True)
    (command,) = calls
    assert command[-5:] == ["--output", str(folder), "--precision", "int8", "--end-with-stdin"]
    out, err = capfd.readouterr()
    assert (out, err) == ("", f"Building the model in {folder} (once; about a minute).\nok\n")


def test_a_cache_that_cannot_be_looked_into_is_one_sentence(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    exists_really = Path.exists

    def exists(path: Path) -> bool:
        if path.name == "manifest.json":  # the tests may run as root
            raise PermissionError(13, "Permission denied", str(path))
        return exists_really(path)

    monkeypatch.setattr(Path, "exists", exists)
    (tmp_path / "a.txt").write_text("a text")
    for main, path in ((ingest.main, tmp_path), (text.main, tmp_path / "a.txt")):
        assert main([str(path)]) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"The model in {folder} cannot be accessed: Permission denied. ")
        assert said.count("\n") == 1


def test_a_build_that_fails_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")  # no folder can be made in it
    with pytest.raises(BundleError, match="could not be built; the lines above say why"):
        find_or_build_bundle(None)
    assert not folder.exists()

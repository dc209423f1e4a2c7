"""The store of a command: an option, a variable, or a file in the current folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from handler.commands.store import expect_writable, is_missing, place_of, settings_with_store
from handler.settings import S3VectorsAddress, SqliteAddress
from tests.other_user import AnotherUser, shared_folder, write_protected

IMPORTS = "import sys\nfrom handler.commands.store import expect_writable, settings_with_store"
EXPECT = """
try:
    expect_writable(settings_with_store(sys.argv[1]).vector_store)
except ValueError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("option", "path"),
    [
        (None, "documents.sqlite"),
        ("notes.sqlite", "notes.sqlite"),
        ("/data/notes.sqlite", "/data/notes.sqlite"),
        ("~/notes.sqlite", "/home/somebody/notes.sqlite"),
        ("sqlite:///notes.sqlite", "notes.sqlite"),
        ("sqlite:////data/notes.sqlite", "/data/notes.sqlite"),
    ],
)
def test_a_path_is_a_store(option: str | None, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert settings_with_store(option).vector_store == SqliteAddress(path)
    assert os.environ["VECTOR_STORE"]  # for what reads it later


def test_a_container_keeps_it_in_its_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINILM_CALLED_BY", "container")
    assert settings_with_store(None).vector_store == SqliteAddress("/data/documents.sqlite")


def test_the_option_goes_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VECTOR_STORE", "sqlite:///a.sqlite")
    assert settings_with_store(None).vector_store == SqliteAddress("a.sqlite")
    assert settings_with_store("b.sqlite").vector_store == SqliteAddress("b.sqlite")


def test_an_empty_variable_or_option_is_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VECTOR_STORE", "")
    assert settings_with_store(None).vector_store is None
    monkeypatch.setenv("VECTOR_STORE", "sqlite:///a.sqlite")
    assert settings_with_store("").vector_store is None


def test_a_store_on_aws_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    address = settings_with_store("s3vectors://bucket/index").vector_store
    assert isinstance(address, S3VectorsAddress)
    assert place_of(address) == "s3vectors://bucket/index"
    assert not is_missing(address)
    expect_writable(address)


@pytest.mark.parametrize("store", ["postgres://db", "sqlite://one.sqlite", "s3vectors://b"])
def test_what_is_no_store_is_refused(store: str) -> None:
    with pytest.raises(ValueError, match=r"VECTOR_STORE is .*; it can be sqlite:///"):
        settings_with_store(store)


def test_a_name_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(ValueError, match="which is not UTF-8; choose another"):
        settings_with_store(os.fsdecode(b"caf\xe9.sqlite"))


def test_a_home_folder_that_is_not_known_is_named() -> None:
    with pytest.raises(
        ValueError, match=r"--store is '~nosuch/a\.sqlite', whose home folder is not"
    ):
        settings_with_store("~nosuch/a.sqlite")


def test_a_current_folder_that_is_gone_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ValueError, match=r"a\.sqlite cannot be made: the current folder is gone\."):
        expect_writable(SqliteAddress("a.sqlite"))


def test_folders_that_can_be_made_are_no_obstacle(tmp_path: Path) -> None:
    expect_writable(SqliteAddress(str(tmp_path / "a" / "b" / "documents.sqlite")))


def test_a_folder_that_may_not_be_written_is_named() -> None:
    with shared_folder() as folder, write_protected(folder):
        store = folder / "sub" / "documents.sqlite"
        said = AnotherUser(IMPORTS, EXPECT, str(store)).output()
    assert said == (
        f"The store {store} cannot be made: {folder} may not be written by this user. "
        "VECTOR_STORE or --store names another place.\n"
    )

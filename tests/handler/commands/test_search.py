"""`minilm search` finds what was ingested, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handler.commands import ingest
from handler.commands.search import main
from handler.settings import SqliteAddress
from handler.stores import open_storage, open_store
from handler.stores.catalog import VectorStoreItem
from handler.stores.ids import new_id
from handler.stores.row import Row


@pytest.fixture
def store(library: SqliteAddress) -> str:
    return library.path


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """The results that are printed into a pipe."""
    assert main(list(arguments)) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_program_reads_a_result_a_line(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    results = found(capsys, "How do I reset my password?", "--store", store, "--limit", "2")
    assert [result["filename"] for result in results] == ["passwords.md", "passwords.md"]
    first, second = results
    assert first["content"][0]["text"] == "To reset your password, open the account page."
    assert first["score"] > second["score"]
    assert {"source", "attributes", "heading", "page", "chunk"} <= first.keys()


def test_people_read_the_file_and_the_passage(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["How do I reset my password?", "--store", store, "--limit", "1"]
    (result,) = found(capsys, *asked)
    assert main([*asked, "--text"]) == 0
    assert capsys.readouterr().out == (
        f"1. passwords.md, Account  ({result['score']:.3f})\n"
        "   To reset your password, open the account page.\n\n"
    )


def test_people_see_the_rows_of_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    folder, store = tmp_path / "docs", f"{tmp_path}/documents.sqlite"
    folder.mkdir()
    rows = "| pump | state |\n|---|---|\n| first | dry |\n| second | it hums when it is cold |"
    (folder / "pumps.md").write_text(f"The pumps are old:\tall of them.\n\n{rows}\n")
    assert ingest.main([str(folder), "--store", store]) == 0
    capsys.readouterr()
    assert main(["Which pump is dry?", "--store", store, "--text"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "   The pumps are old:      all",
        "   of them.",
        "",
        "   | pump | state |",
        "   |---|---|",
        "   | first | dry |",
        "   | second | it hums when it",
        "   is cold |",
        "",
    ]


def test_a_terminal_without_room_gets_short_lines(
    store: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "3")
    asked = ["How do I reset my password?", "--store", store, "--limit", "1", "--text"]
    assert main(asked) == 0
    assert "   To reset your\n   password, open" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["team=travel"], {"trains.txt", "cats.pdf"}),
        (["level=3"], {"cats.pdf"}),
        (["team=travel", "level<3"], {"trains.txt"}),
        (["public=true"], {"passwords.md"}),
        (["team!=travel"], {"passwords.md"}),
    ],
)
def test_filters_choose_documents(
    texts: list[str], names: set[str], store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    filters = [argument for text in texts for argument in ("--filter", text)]
    results = found(capsys, "sleep", "--store", store, *filters)
    assert {result["filename"] for result in results} == names


def test_the_mode_decides_what_is_found(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    by_words = found(capsys, "Basel", "--store", store, "--mode", "text")
    assert [result["filename"] for result in by_words] == ["trains.txt"]
    assert len(found(capsys, "Basel", "--store", store, "--mode", "vector")) == 5


def test_vector_store_names_the_store(
    store: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VECTOR_STORE", f"sqlite:///{store}")
    assert found(capsys, "a pet", "--limit", "1")
    assert found(capsys, "a pet", "--limit", "1", "--vector-store", "library")


def test_no_result_is_said_and_is_no_failure(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["qqqqzzzz", "--mode", "text", "--store", store]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"Nothing was found in {store}.\n")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--store", "none.sqlite"], 1, "`minilm ingest --store none.sqlite FOLDER` makes it"),
        ([], 1, "There is no store documents.sqlite yet. `minilm ingest FOLDER` makes it"),
        (["--store", ""], 1, "VECTOR_STORE is empty, so there is no store; --store names one."),
        (["--store", "s3://x"], 1, "VECTOR_STORE is 's3://x'; it can be sqlite:///"),
        (["--filter", "year"], 2, "--filter is 'year'; it can be KEY=VALUE"),
    ],
)
def test_what_cannot_be_searched_is_one_sentence(
    arguments: list[str],
    status: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["a pet", *arguments]) == status
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, len(said.err.splitlines())) == ("", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_vector_store_that_is_not_there_is_answered_with_those_that_are(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["a pet", "--store", store, "--vector-store", "vs_none"]) == 1
    said = capsys.readouterr().err
    assert said == "There is no vector store vs_none. There are: library.\n"


def test_a_store_without_a_folders_documents_names_those_that_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "uploads.sqlite"
    storage = open_storage(SqliteAddress(str(path)))
    assert main(["a pet", "--store", str(path)]) == 1
    assert capsys.readouterr().err == (
        "No folder has been ingested into this store yet: "
        f"`minilm ingest --store {path} FOLDER` does that.\n"
    )
    made = new_id(VectorStoreItem.prefix, 1.0)
    storage.catalog.put(VectorStoreItem(id=made, created=1.0, name="manuals"))
    assert main(["a pet", "--store", str(path)]) == 1
    assert capsys.readouterr().err.endswith(f"; --vector-store can be {made} (manuals).\n")


def test_a_store_of_another_model_is_one_sentence_with_the_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.sqlite"
    other = open_store(SqliteAddress(str(path)), fingerprint="another-model")
    other.ledger.put(Row("file-d", "file:///d.txt"))
    assert main(["a pet", "--store", str(path)]) == 1
    said = capsys.readouterr().err
    assert "holds vectors of another-model" in said
    assert "ingest the documents again" in said
    assert len(said.splitlines()) == 1


def test_a_damaged_store_is_one_sentence_with_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "damaged.sqlite"
    path.write_bytes(b"no database at all, " * 100)
    assert main(["a pet", "--store", str(path)]) == 1
    said = capsys.readouterr().err
    assert str(path) in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("limit", ["0", "51", "many", "-1"])
def test_a_limit_out_of_range_is_named(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["a pet", f"--limit={limit}"])
    assert f"--limit: it is '{limit}'; it can be 1 to 50" in capsys.readouterr().err


@pytest.mark.parametrize("query", ["", " \t"])
def test_an_empty_query_is_wrong_usage(query: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([query])
    assert "QUERY: it is empty; say what to look for" in capsys.readouterr().err

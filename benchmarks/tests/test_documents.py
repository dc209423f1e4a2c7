"""What the documents benchmark counts: words, faults, and texts in character sets."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from benchmarks.documents.asking import Asked, reader, reference
from benchmarks.documents.charsets import CHARSETS, CharsetCounts, add, is_written
from benchmarks.documents.comparison import compare, files_by_format, worst
from benchmarks.documents.references import (
    FORMATS,
    REFERENCES,
    by_csv,
    by_email,
    by_json,
    visible,
)
from benchmarks.documents.report import DocumentsResult, tables
from benchmarks.documents.words import FAULTS, faults, found, fused_numbers, is_uneven, words
from benchmarks.measuring.processes import ROOT

BLOB = "iVBORw0KGgoAAAANSUhEUgAAAAUA" * 8


def counted(ours: str, reference: str, tables: list[tuple[int, int]] | None = None) -> set[str]:
    return {name for name, count in faults(ours, reference, tables or []).items() if count}


def test_words_are_compared_without_case_and_compatibility_forms() -> None:
    assert found(words("A ﬁne Café"), words("a fine CAFÉ")) == 1.0


def test_characters_that_nobody_sees_do_not_part_words() -> None:
    assert words("Strah\u00adlen\u200bschutz") == words("Strahlenschutz")


def test_embedded_files_are_no_words() -> None:
    assert words(f"a {BLOB} b") == words("a b")


def test_a_word_is_found_as_often_as_we_have_it() -> None:
    assert found(words("one one two"), words("one one one two")) == 0.75


def test_more_words_than_the_reference_has_do_not_count() -> None:
    assert found(words("menu one two"), words("one two")) == 1.0


def test_two_neighbours_written_as_one_number_are_fused() -> None:
    assert fused_numbers("400.013", "400.01\n3") == {"013"}


def test_a_number_that_the_reference_has_is_not_fused() -> None:
    assert fused_numbers("12 and 1 2", "12 1 2") == set()


def test_a_number_is_not_fused_where_both_parts_are_there_too() -> None:
    assert fused_numbers("1 2 12", "1 2") == set()


def test_a_row_with_fewer_cells_makes_a_table_uneven() -> None:
    assert is_uneven("a | b | c\n1 | 3\n")
    assert not is_uneven("a | b | c\n1 |  | 3\n")


def test_an_escaped_border_is_part_of_a_cell() -> None:
    assert not is_uneven("a | b\n1 \\| 2 | 3\n")


def test_faults_are_counted_by_their_names() -> None:
    table = "a | b\n1\n"
    ours = f"{table}\ufffd {BLOB} <?xml version='1.0'?>"
    assert counted(ours, "", [(0, len(table))]) == {*FAULTS} - {"fused numbers"}


def test_what_the_reference_has_too_is_no_fault() -> None:
    text = f"\ufffd {BLOB} <?xml version='1.0'?>"
    assert counted(text, text) == set()


def test_the_hidden_parts_of_a_page_are_not_in_the_reference() -> None:
    page = (
        "<html><head><title>no</title></head><script>no</script><p hidden=''>no</p>"
        "<p style='display: none'>no</p><svg xmlns='x'><style>no</style><text>drawn</text></svg>"
        "<p>sh<b>own</b></p>after</html>"
    )
    assert "".join(visible(fromstring(page))).split() == ["drawn", "shown", "after"]


def test_cells_of_a_table_are_words_of_their_own() -> None:
    row = "<tr><td>400.01</td><td>3</td></tr>"
    assert "".join(visible(fromstring(row))).split() == ["400.01", "3"]


def test_the_reference_finds_the_delimiter_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('name;price\n"a;b";1,50\nc;2,50\n')
    assert by_csv(path).splitlines() == ["name", "price", "a;b", "1,50", "c", "2,50"]


def test_the_reference_reads_numbers_of_json_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1.50, "b": [true, null]}\n{"a": 12345678901234567890}\n')
    assert by_json(path).splitlines() == ["1.50", "true", "12345678901234567890"]


def test_long_lists_of_numbers_are_not_in_the_reference(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"name": "x", "at": [[n, n] for n in range(101)], "few": [1, 2]}))
    assert by_json(path).splitlines() == ["x", "1", "2"]


def test_the_reference_reads_a_messages_headers_and_text(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Prices — 2024"
    message.set_content("one")
    path = tmp_path / "a.eml"
    path.write_bytes(bytes(message))
    assert by_email(path).split() == ["Prices", "—", "2024", "one"]


def test_copies_are_read_once_and_not_more_files_than_asked_for(tmp_path: Path) -> None:
    for name, text in {"a.csv": "1,2", "b.csv": "1,2", "c.csv": "3", "d.CSV": "4"}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "e.xyz").write_text("5")
    assert len(files_by_format([tmp_path], 100)["csv"]) == 3
    assert len(files_by_format([tmp_path], 2)["csv"]) == 2


def test_folders_take_turns_so_that_none_fills_a_format_alone(tmp_path: Path) -> None:
    for name in ("many/a.csv", "many/b.csv", "many/c.csv", "few/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    for folders in ([tmp_path], [tmp_path / "many", tmp_path / "few"]):
        files = files_by_format(folders, 2)["csv"]
        assert {path.parent.name for path in files} == {"many", "few"}


def test_files_are_compared_with_the_reference(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps({"a": "one two three four five"}))
    (tmp_path / "bad.json").write_text("{")
    compared, skipped = compare([tmp_path], {"ours": ROOT, "again": ROOT}, most=9)
    assert skipped == []
    (one,) = compared
    assert (one.format, one.without) == ("json", 1)
    assert [reader.name for reader in one.readers] == ["ours", "again"]
    (read,) = one.readers[0].files
    assert (read.found, read.rejected, read.faults) == (1.0, "", {})
    assert one.readers[0].peak_mb > 0
    shown = tables(DocumentsResult("", "", compared, [], ["pdf: skipped"]))
    assert "100.0%" in shown[1] and shown[-1] == "- pdf: skipped"
    assert [*worst(one.readers[0].files, 3)] == []


def test_a_program_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.setenv("PATH", "")
    compared, (reason,) = compare([tmp_path], {"ours": ROOT}, most=9)
    assert compared == []
    assert reason == "pdf: skipped, pdftotext is not installed (apt-get install poppler-utils)."


def test_a_refused_file_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    asked = reader(ROOT)
    try:
        answer = asked.ask({"path": str(path)})
    finally:
        asked.close()
    assert answer and answer["rejected"].startswith("invalid_file: ")


def test_the_reference_says_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text("{")
    asked = reference()
    try:
        answer = asked.ask({"path": str(path)})
    finally:
        asked.close()
    assert answer and answer["rejected"].startswith("JSONDecodeError: ")


def test_a_process_that_dies_has_no_answer_and_is_started_again() -> None:
    asked = Asked(["-c", "input(); raise SystemExit"])
    try:
        assert asked.ask({}) is None
        assert asked.ask({}) is None
    finally:
        asked.close()


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        ({"text": "café  au\nlait", "warnings": []}, "right"),
        ({"text": "cafÈ", "warnings": ["Guessed."]}, "warned"),
        ({"text": "cafÈ", "warnings": []}, "wrong"),
        ({"rejected": "invalid_file: unsure"}, "refused"),
    ],
)
def test_a_text_in_a_character_set_is_right_refused_or_wrong(
    answer: dict[str, object], counted: str
) -> None:
    count = CharsetCounts("western", "ours")
    add(count, "cp1252", "café au lait", answer)
    assert count.texts == getattr(count, counted) == 1
    assert count.wrong_sets == (["cp1252"] if counted == "wrong" else [])


def test_only_words_that_a_character_set_can_write_are_encoded() -> None:
    assert is_written("café", "cp1252")
    assert not is_written("русский", "cp1252")


def test_every_character_set_is_one_of_pythons() -> None:
    for charsets in CHARSETS.values():
        for codec in charsets:
            assert "a".encode(codec)


def test_every_format_has_a_reference() -> None:
    assert {*FORMATS.values()} == {*REFERENCES}

"""A first row names the columns only if it differs from the rows below it."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read
from tests.handler.documents.tables.samples import records, text


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("Country,2022,2023\nPeru,11,12\nChile,,14\n", {"Country": "Peru", "2022": "11"}),
        ("Country;2023;2022\nPeru;11,5;12\n", {"Country": "Peru", "2023": "11,5", "2022": "12"}),
        ("Country,2023\nPeru,11\n", {"Country": "Peru", "2023": "11"}),
        ("Region,Jan 2024,2024-02\nNord,1,2\n", {"Region": "Nord", "Jan 2024": "1"}),
        (",name,age\n0,Ana,31\n1,,28\n", {"name": "Ana", "age": "31"}),
        (",name,city\n5,Ana,Oslo\n3,Ben,Riga\n", {"column 1": "5", "name": "Ana"}),
        ('"","mpg"\n"Mazda RX4",21\n"Fiat",22\n', {"column 1": "Mazda RX4", "mpg": "21"}),
        ("Year;Month;Cost;\n2022;1;5;\n", {"Year": "2022", "Month": "1", "Cost": "5"}),
        ("name,job,city\nAna,baker,Oslo\nBen,smith,Riga\n", {"name": "Ana", "job": "baker"}),
        ("code,name\nUS,United States\nDE,Germany\n", {"code": "US", "name": "United States"}),
        ("first_name,home_town\nAna,Oslo\nBen,Riga\n", {"first_name": "Ana"}),
        ("col1|col2|col3\na|b|c\n", {"col1": "a", "col2": "b", "col3": "c"}),
        ("2022,2023\n4.5,5.5\n", {"2022": "4.5", "2023": "5.5"}),
        ("0,1,2\nM,A,E\nQ,S,E\n", {"0": "M", "1": "A", "2": "E"}),
        (",0,1,2\na,.5,.25,.1\n", {"column 1": "a", "0": ".5", "1": ".25"}),
        ("word,0,1,2\nx,.5,.25,.1\n", {"word": "x", "0": ".5", "1": ".25", "2": ".1"}),
        ("No,Name,Active\n1,Ana,yes\n2,Ben,no\n", {"No": "1", "Name": "Ana", "Active": "yes"}),
        ("Name,Vorname\nHolm,Ana\nBerg,Ben\nLund,Cy\n", {"Name": "Holm", "Vorname": "Ana"}),
        ("product,price\nA,n/a\nB,$5\nC,7.50 €\n", {"product": "A", "price": "n/a"}),
        ("price\n5\n6\n", {"price": "5"}),
        ("id,,total\n1,x,5\n2,y,6\n", {"id": "1", "column 2": "x", "total": "5"}),
    ],
)
def test_names_of_columns_are_recognized(content: str, first: dict[str, str]) -> None:
    assert first.items() <= records(content)[0].items()


@pytest.mark.parametrize(
    "content",
    [
        "Ana,baker,Oslo\nBen,smith,Riga\nCy,tailor,Turku\n",
        "Ann,41\nBob,7\n",
        "2024-05-01,x\n2024-05-02,y\n",
        "Oslo,2022,5\nRiga,2023,7\n",
        "2,3,4\n5,6,7\n",
        "1,2,3\n2,3,4\n",
        "1,2,3\n4.5,5.5,6.5\n7.5,8.5,9.5\n",
        "0,1,2\n4.5,5.5,6.5\n",
        "1700,1800,1900\n4.5,5.5,6.5\n",
        "2021,1950\n1.5,2.5\n3000,3.5\n",
        "Oslo,2000\nRiga,350\n",
        "yes,Ana\nno,Ben\n",
        "Bob,unknown,5\nAna,41,7\nEve,42,8\n",
        "a@b.example,Ana\nc@d.example,Ben\n",
        "fruit\napple\npear\n",
        "red,Ana\nred,Ben\nblue,Cy\n",
    ],
)
def test_without_evidence_rows_are_kept_whole(content: str) -> None:
    assert text(content) == content.strip().replace(",", "; ").replace("\n", "\n\n")


def test_an_empty_cell_of_a_whole_row_keeps_its_place() -> None:
    assert (
        text("Ana,,Oslo\nBen,smith,\n,tailor,Turku\n")
        == "Ana; ; Oslo\n\nBen; smith\n\n; tailor; Turku"
    )


def test_columns_of_one_name_are_all_kept() -> None:
    assert text("from,km,from\nOslo,5,Riga\n") == "from: Oslo\nkm: 5\nfrom: Riga"


def test_columns_of_one_name_are_numbered_where_one_is_empty() -> None:
    assert text("name,score,score\nAna,,7\nBen,5,\nCy,1,2\nDan,,\n") == (
        "name: Ana\nscore (2): 7\n\nname: Ben\nscore (1): 5\n\n"
        "name: Cy\nscore: 1\nscore: 2\n\nname: Dan"
    )
    two_names = "name,a,b,a,b\nAna,1,,,4\nBen,5,6,7,8\n"
    assert text(two_names).startswith(
        "name: Ana\na (1): 1\nb (2): 4\n\nname: Ben\na: 5\nb: 6\na: 7"
    )


def test_very_many_columns_of_one_name_are_read() -> None:
    content = "name," + ",".join(["a"] * 50_000) + "\n" + "Ana,5\n" * 2_000
    assert read(content, "a.csv").text.startswith("name: Ana\na (1): 5\n\n")


def test_a_name_may_be_long() -> None:
    question = "Please rate how satisfied you were with the service at our counter " * 3
    assert records(f"id,{question}\n1,good\n") == [{"id": "1", question.strip(): "good"}]


def test_the_content_type_may_say_whether_there_is_a_header() -> None:
    assert text("Ann,1\nBob,2\n", "text/csv; header=absent") == "Ann; 1\n\nBob; 2"
    assert text("name,1\nBob,2\n", "text/csv; header=absent") == "name; 1\n\nBob; 2"
    assert text("1990,2000\n5,6\n", "text/csv; header=present") == "1990: 5\n2000: 6"


def test_a_header_alone_is_read() -> None:
    assert text("name,age\n") == "name; age"
    assert text("name,age\n", "text/csv; header=present") == "name; age"

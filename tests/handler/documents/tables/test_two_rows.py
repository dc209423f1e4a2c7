"""Names of columns over two rows are joined; where they are unclear, rows are kept whole."""

from __future__ import annotations

import pytest

from tests.handler.documents.tables.samples import records, text

ROW = "North,1,2,3,4\nSouth,5,6,7,8\n"


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ("Region,2023,,2024,\n,Q1,Q2,Q1,Q2\n", ["Region", "2023 Q1", "2023 Q2", "2024 Q1"]),
        ("Region,2023,,2024\n,Q1,Q2,Q1,Q2\n", ["Region", "2023 Q1", "2023 Q2", "2024 Q1"]),
        (",Sales,,Cost,\nRegion,Q1,Q2,Q1,Q2\n", ["Region", "Sales Q1", "Sales Q2", "Cost Q1"]),
        ("Region,Sales,,Cost,\n,2023,2024,2023,2024\n", ["Region", "Sales 2023", "Sales 2024"]),
        (",2023,2023,2024,2024\n,Q1,Q2,Q1,Q2\nRegion,,,,\n", ["Region", "2023 Q1", "2023 Q2"]),
    ],
)
def test_two_rows_of_names_are_joined(names: str, first: list[str]) -> None:
    assert list(records(names + ROW)[0].items())[: len(first)] == list(
        zip(first, ["North", "1", "2", "3"], strict=False)
    )


def test_unclear_names_over_two_rows_are_kept_whole() -> None:
    content = "Region,2023,,2024,\n,best,worst,best,worst\nNorth,Oslo,Riga,Rome,Bari\n"
    assert text(content).split("\n\n")[:2] == ["Region; 2023; ; 2024", "; best; worst; best; worst"]


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("name,score,score\nAna,5,7\nBen,6,8\n", "name: Ana\nscore: 5\nscore: 7"),
        ("id,,total\n1,x,5\n2,y,6\n3,z,7\n", "id: 1\ncolumn 2: x\ntotal: 5"),
        ("id,tag,tag\n1,red,blue\n2,Red,Blue\n3,X,Y\n", "id: 1\ntag: red\ntag: blue"),
    ],
)
def test_a_row_of_values_is_no_second_row_of_names(content: str, first: str) -> None:
    assert text(content).split("\n\n")[0] == first

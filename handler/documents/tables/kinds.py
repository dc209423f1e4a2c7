"""What kind of value a cell holds, by its characters: a number, a date, an address, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Kind = Literal["", "number", "date", "truth", "address", "text"]  # "": empty or missing

MISSING = {"", "-", "--", "—", ".", "..", "?", "#n/a", "n/a", "na", "nan", "nil", "none", "null"}
TRUTH = {"true", "false", "yes", "no"}
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)[a-zé]{0,7}\.?"
TIME = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)? ?(?:[ap]m|z|[+-]\d\d:?\d\d)?"
DATE = re.compile(
    r"(?:\d{1,4}([-/.])\d{1,2}\1\d{1,4}|\d{4}[-/]\d{1,2}"
    rf"|\d{{1,2}}[-. ]{{1,2}}{MONTH}[-, ]{{1,2}}\d{{2,4}}|{MONTH}[- ]\d{{1,2}},?(?: \d{{4}})?"
    rf"|{MONTH}[- ]\d{{2,4}})(?:[t ,]{{1,2}}{TIME})?|{TIME}",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"[-+−–~<>≤≥(]? ?(?:[$€£¥]|usd|eur)? ?[-+−]?"
    r"(?:\d+(?:[.,'   ]\d+)*[.,]?|[.,]\d+)(?:e[-+]?\d+)?"
    r" ?(?:[)%€$£¥°]|usd|eur)?|[-+]?inf(?:inity)?",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?|ftp)://\S+|www\.\S+")
MAX_LENGTH = 60  # characters; a longer cell is an address or text
ENOUGH = 0.9  # the share of a column's values that give it its kind


def kind(cell: str) -> Kind:
    """The kind of a cell, without white space around it."""
    if cell.lower() in MISSING:
        return ""
    if len(cell) <= MAX_LENGTH:
        if DATE.fullmatch(cell):
            return "date"
        if NUMBER.fullmatch(cell):
            return "number"
        if cell.lower() in TRUTH:
            return "truth"
    return "address" if ADDRESS.fullmatch(cell) else "text"


def column_kind(cells: Sequence[str]) -> Kind:
    """The kind that nearly all cells of a column have; "text" if there is none."""
    kinds = [found for cell in cells if (found := kind(cell))]
    if not kinds:
        return ""
    most = max(set(kinds), key=kinds.count)
    return most if kinds.count(most) >= ENOUGH * len(kinds) else "text"

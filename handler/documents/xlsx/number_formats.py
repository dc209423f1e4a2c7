"""Numbers in a sheet as text: dates as ISO dates, shares in percent, others by their pattern.

No digit that the file holds is rounded away, and thousands are not grouped.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

from handler.documents.xlsx.patterns import Pattern, pattern_of, plain_digits

NumberKind = Literal["number", "date", "duration"] | Pattern

# Excel's own formats by number (ECMA-376, part 1, section 18.8.30), and those of East Asia.
DATES = [*range(14, 23), *range(27, 37), *range(50, 59)]
BUILT_IN: dict[str, NumberKind] = {
    **{str(number): "date" for number in DATES},
    "2": Pattern(decimals=2),
    "4": Pattern(decimals=2),
    "9": Pattern(is_share=True),
    "10": Pattern(is_share=True, decimals=2),
    "45": "duration",
    "46": "duration",
    "47": "duration",
}
# What is no date's letter: "text", \x, _x (a space as wide), *x (filling), [Red].
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
GENERAL = {"general", "standard"}  # some programs write its German name
# Excel takes 1900 for a leap year, so day 60 does not exist.
EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)
MAX_CODE = 255  # characters, Excel's own limit
LAST_DAY = 2_958_466  # 31 December 9999 and a day
FIRST_RIGHT_DAY = 60


def kind_of(code: str) -> NumberKind:
    """What a format code such as "dd.mm.yyyy" shows."""
    code = code[:MAX_CODE]
    letters = LITERAL.sub("", code).split(";", maxsplit=1)[0]
    if ELAPSED.search(letters):
        return "duration"
    if DATE_LETTERS.search(letters) and letters.strip().lower() not in GENERAL:
        return "date"
    return pattern_of(code) or "number"


def number_text(value: float, kind: NumberKind, *, is_1904: bool = False) -> str:
    """A number as text, with the fifteen digits that Excel counts with."""
    if kind == "duration" and 0 <= value < LAST_DAY:
        minutes, seconds = divmod(round(value * 86_400), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if kind == "date" and 0 <= value < LAST_DAY - (1_462 if is_1904 else 0):
        return _date(value, is_1904=is_1904)
    return kind.text(value) if isinstance(kind, Pattern) else plain_digits(value)


def _date(value: float, *, is_1904: bool) -> str:
    if value < 1:  # a time without a day
        return (EPOCH + timedelta(seconds=round(value * 86_400))).strftime("%H:%M:%S")
    if not is_1904 and value < FIRST_RIGHT_DAY:
        value += 1
    moment = (EPOCH_1904 if is_1904 else EPOCH) + timedelta(seconds=round(value * 86_400))
    has_time = moment.hour or moment.minute or moment.second
    return moment.strftime("%Y-%m-%d %H:%M:%S") if has_time else moment.date().isoformat()

"""Patterns of numbers: the currency or unit beside them, zeros before and behind, percent.

Reads a format code's first section, that of positive numbers, and only the plain ones: no
fractions, no powers of ten, no conditions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PART = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|_.|\*.'
    r"|\[(?P<condition>[<>=][^\]]*)\]|\[[^\]]*\]|(?P<general>general|standard)"
    r"|(?P<digits>[#0?.,]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
# Other characters that stand for themselves without quotes.
LITERALS = set("$€£¥+-()/: %")
LARGEST_WHOLE = 10**16  # larger ones are no longer exact
MAX_DECIMALS = 30


@dataclass(frozen=True)
class Pattern:
    """How a number is shown."""

    before: str = ""
    after: str = ""
    decimals: int = 0  # at least so many are shown
    zeros: str = ""  # of a code: its digits, and what stands between them: "000-00-0000"
    thousands: int = 0  # how often the number is divided by 1,000: 1.5 M
    is_share: bool = False

    def text(self, value: float) -> str:
        """A number as text."""
        sign = "-" if value < 0 else ""
        number = abs(value)
        if self.zeros and number == int(number) < LARGEST_WHOLE:
            digits = _filled(self.zeros, str(int(number)))
        else:
            shown = round(number * 100, 10) if self.is_share else number / 1_000**self.thousands
            digits = _with_decimals(plain_digits(shown), self.decimals)
        return f"{sign}{self.before}{digits}{'%' if self.is_share else ''}{self.after}"


def pattern_of(code: str) -> Pattern | None:
    """The pattern of a format code such as `#,##0.00\\ "€"`; None for one that is not known."""
    parts: list[tuple[bool, str]] = []  # whether it is of digits, and the text
    for found in PART.finditer(code):
        literal = found["quoted"] or found["escaped"] or found["currency"]
        if found["other"] == ";":
            break
        if found["condition"] or (found["other"] and found["other"] not in LITERALS):
            return None
        if found["general"] or found["digits"]:
            parts.append((True, found["digits"] or ""))
        elif literal or found["other"]:
            parts.append((False, literal or found["other"]))
    places = [number for number, (is_digits, _) in enumerate(parts) if is_digits]
    if not places:
        return None
    first, last = places[0], places[-1]
    before = "".join(text for _, text in parts[:first])
    after = "".join(text for _, text in parts[last + 1 :])
    middle = "".join(text for _, text in parts[first : last + 1])
    return _pattern(before.lstrip(), middle, after.rstrip(), is_whole=first == last)


def _pattern(before: str, digits: str, after: str, *, is_whole: bool) -> Pattern | None:
    is_share = "%" in before + after
    before, after = before.replace("%", ""), after.replace("%", "")
    is_zeros = set(re.sub("[^#?.,]", "", digits)) == set() and digits.count("0") > 1
    if not is_whole and not is_zeros:
        return None  # a fraction, a telephone number of two lengths …
    thousands = len(digits) - len(digits.rstrip(","))
    if thousands and not (before + after).strip():
        thousands = 0  # nothing says that these are thousands, so the number is shown in full
    decimals = digits.partition(".")[2].count("0")
    zeros = digits if is_zeros and not is_share else ""
    return Pattern(before, after, min(decimals, MAX_DECIMALS), zeros, thousands, is_share)


def plain_digits(value: float) -> str:
    """A number with the fifteen digits that Excel counts with."""
    if value == int(value) and abs(value) < LARGEST_WHOLE:
        return str(int(value))
    return f"{value:.15g}"


def _with_decimals(digits: str, least: int) -> str:
    whole, _, decimals = digits.partition(".")
    if not least or not (whole + decimals).isdecimal():  # 1e+20
        return digits
    return f"{whole}.{decimals.ljust(least, '0')}"


def _filled(zeros: str, digits: str) -> str:
    """The digits in the places of a code's zeros, from the right."""
    rest = list(digits.rjust(zeros.count("0"), "0"))
    filled = [rest.pop() if each == "0" else each for each in reversed(zeros)]
    return "".join(rest) + "".join(reversed(filled))

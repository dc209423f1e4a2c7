"""Numbers as Word writes them before list items: 1, II, c, 3rd, ⑤, 七 … Counts nothing."""

# ruff: noqa: RUF001
from __future__ import annotations

from collections.abc import Callable

MAX_ROMAN = 4_999
MAX_LETTERS = 30  # z, aa, bb … Word repeats the letter up to so often
ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
HAN, HAN_UNITS = "〇一二三四五六七八九", ("", "十", "百", "千")
# Formats that take one character after another.
SERIES = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "hebrew2": "אבגדהוזחטיכלמנסעפצקרשת",
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "aiueoFullWidth": (
        "アイウエオカキクケコサシスセソタチツテトナニヌネノ"
        "ハヒフヘホマミムメモヤユヨラリルレロワヲン"
    ),
    "irohaFullWidth": (
        "イロハニホヘトチリヌルヲワカヨタレソツネナラム"
        "ウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
    ),
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "chicago": "*†‡§",
    "thaiLetters": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
}
SERIES["aiueo"], SERIES["iroha"] = SERIES["aiueoFullWidth"], SERIES["irohaFullWidth"]
# Formats that have their own digits.
DIGITS = {
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
    "hindiNumbers": "०१२३४५६७८९",
    "thaiNumbers": "๐๑๒๓๔๕๖๗๘๙",
    "ideographDigital": HAN,
    "japaneseDigitalTenThousand": HAN,
    "taiwaneseDigital": "○一二三四五六七八九",
    "koreanDigital": "영일이삼사오육칠팔구",
}
# Formats of single characters: the first of them, and how many there are.
ENCLOSED = {
    "decimalEnclosedCircle": ("①", 20),
    "decimalEnclosedCircleChinese": ("①", 20),
    "decimalEnclosedFullstop": ("⒈", 20),
    "decimalEnclosedParen": ("⑴", 20),
    "ideographEnclosedCircle": ("㊀", 10),
}


def written(number: int, format: str) -> str:
    """A number in one of Word's formats; in digits if the format is unknown or ends before it."""
    if format in ("none", "bullet"):
        return ""
    if number > 0 and (text := _one_of(number, format)):
        return text
    if number >= 0 and (writer := WRITERS.get(format)):
        return writer(number) or str(number)
    if format in DIGITS:
        return "".join(DIGITS[format][int(digit)] for digit in str(abs(number)))
    return str(number)


def _one_of(number: int, format: str) -> str:
    if (letters := SERIES.get(format)) and number <= len(letters) * MAX_LETTERS:
        return letters[(number - 1) % len(letters)] * (1 + (number - 1) // len(letters))
    if format in ENCLOSED:
        first, count = ENCLOSED[format]
        return chr(ord(first) + number - 1) if number <= count else ""
    return ""


def roman(number: int) -> str:
    """In small Roman numerals; "" beyond what people write so."""
    text = ""
    for value, letters in ROMAN if number <= MAX_ROMAN else ():
        count, number = divmod(number, value)
        text += letters * count
    return text


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


def _cardinal_text(number: int) -> str:
    if number < len(ONES):
        return ONES[number]
    tens, ones = divmod(number, 10)
    return "" if number > 99 else TENS[tens] + (f"-{ONES[ones]}" if ones else "")


def _ordinal_text(number: int) -> str:
    start, hyphen, last = _cardinal_text(number).rpartition("-")
    if not last:
        return ""
    ending = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return start + hyphen + ending


def _han(number: int) -> str:
    """As Chinese and Japanese count, to 9,999: 十二, 二十, 一百〇五."""
    if number > 9_999:
        return ""
    if not number:
        return HAN[0]
    text, skipped = "", False
    for power, digit in zip(
        range(len(str(number)) - 1, -1, -1), map(int, str(number)), strict=True
    ):
        if digit:
            text += ("〇" if skipped and text else "") + HAN[digit] + HAN_UNITS[power]
        skipped = not digit
    return text.removeprefix("一") if 10 <= number < 20 else text


WRITERS: dict[str, Callable[[int], str]] = {
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "decimalZero": lambda number: f"{number:02}",
    "ordinal": _ordinal,
    "cardinalText": lambda number: _cardinal_text(number).capitalize(),
    "ordinalText": lambda number: _ordinal_text(number).capitalize(),
    "hex": lambda number: f"{number:X}",
    "numberInDash": lambda number: f"- {number} -",
    **dict.fromkeys(
        (
            *("chineseCounting", "chineseCountingThousand", "japaneseCounting"),
            *("taiwaneseCounting", "taiwaneseCountingThousand"),
        ),
        _han,
    ),
}

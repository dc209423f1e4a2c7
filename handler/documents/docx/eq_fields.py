r"""Word's EQ fields as a line of text: \f(1,2) is 1/2, \r(3,x) is ∛x. Knows no document."""

from __future__ import annotations

import re
from collections.abc import Callable

from handler.documents.docx.equations import WORD, group, is_factor, lowered, raised

EQ = re.compile(r"\s*EQ\b", re.IGNORECASE)
MAX_CODE = 2_000  # characters of a field's code
# Formats of the whole field, such as \* jc2 \* "Font:…".
FORMAT = re.compile(r"\\\*\s*+(?:\"[^\"]*+\"?|\S++)")
# \f(, \s\up8(, \b\lc\{(: a kind, its options, and the bracket before its operands.
ELEMENT = re.compile(
    r"\\([a-z])((?:\s*+\\[a-z]{2}\s*+(?:\d++|\\[^a-z\s])?)*+)\s*+\(", re.IGNORECASE
)
OPTION = re.compile(r"\\([a-z]{2})\s*+(\d++|\\[^a-z\s])?", re.IGNORECASE)
ESCAPED = re.compile(r"\\([^a-z\s])", re.IGNORECASE)
MAX_DEPTH = 20
OPEN_END = re.compile(r"[_^/√∛∜][\w.,]+$")  # what would go on if a letter followed it
CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
Options = dict[str, str]


class _UnreadError(Exception):
    """The field has something that is not read."""


def is_equation(code: str) -> bool:
    """Whether a field's code is that of an equation."""
    return bool(EQ.match(code))


def equation(code: str) -> str | None:
    """The text of a field with this code; None if it cannot be read."""
    if len(code) > MAX_CODE:
        return None
    try:
        (line,) = _Parser(FORMAT.sub(" ", EQ.sub("", code, count=1))).operands(0)
    except _UnreadError:
        return None
    return " ".join(line.split()) or None


class _Parser:
    """Reads a code from its start to its end."""

    def __init__(self, code: str) -> None:
        self._code, self._at = code, 0
        self._separator = ";" if ";" in code else ","  # as the writer's country has it

    def operands(self, depth: int) -> list[str]:
        """The operands of an element, to its closing bracket; depth 0: the whole code as one."""
        found = [""]
        brackets = 0
        while self._at < len(self._code):
            if element := ELEMENT.match(self._code, self._at):
                found[-1] = _appended(found[-1], self._element(element, depth))
                continue
            character = self._character()
            is_bare = len(character) == 1
            if is_bare and character == ")" and depth and not brackets:
                return [operand.strip() for operand in found]
            if is_bare and character == self._separator and depth and not brackets:
                found.append("")
                continue
            brackets += (character == "(") - (character == ")")
            found[-1] = _appended(found[-1], character.removeprefix("\\"))
        if depth:
            raise _UnreadError
        return found

    def _element(self, element: re.Match[str], depth: int) -> str:
        if depth == MAX_DEPTH:
            raise _UnreadError
        self._at = element.end()
        write = WRITERS.get(element[1].lower())
        if not write:
            raise _UnreadError
        options = {each[1].lower(): each[2] or "" for each in OPTION.finditer(element[2])}
        return write(self.operands(depth + 1), options)

    def _character(self) -> str:
        """The next character; one with a backslash before it is only itself."""
        escaped = ESCAPED.match(self._code, self._at)
        if not escaped and self._code[self._at] == "\\":
            raise _UnreadError
        character = escaped[0] if escaped else self._code[self._at]
        self._at += len(character)
        return character


def _appended(text: str, part: str) -> str:
    is_mixed = "/" in part and text[-1:].isdigit()  # 1 1/2
    goes_on = part[:1].isalnum() and (is_mixed or bool(OPEN_END.search(text[-50:])))
    return f"{text} {part}" if goes_on else text + part


def _fraction(operands: list[str], options: Options) -> str:
    if len(operands) != 2 or not all(operands):
        raise _UnreadError
    over, under = operands
    is_one = is_factor(over) or WORD.fullmatch(over)
    return f"{over if is_one else f'({over})'}/{group(under)}"


def _root(operands: list[str], options: Options) -> str:
    *degree, base = operands
    if len(degree) > 1 or not base:
        raise _UnreadError
    written = degree[0] if degree else ""
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(written)
    return (sign or f"{raised(written)}√") + group(base)


def _script(operands: list[str], options: Options) -> str:
    if len(operands) != 1:
        raise _UnreadError
    if "do" in options:
        return lowered(operands[0])
    return raised(operands[0]) if "up" in options else operands[0]


def _array(operands: list[str], options: Options) -> str:
    columns = int((options.get("co") or "1")[:3]) or 1
    rows = (operands[at : at + columns] for at in range(0, len(operands), columns))
    return "; ".join(" ".join(row) for row in rows)


def _bracketed(operands: list[str], options: Options) -> str:
    both = options.get("bc", "").removeprefix("\\")
    begin = both or options.get("lc", "").removeprefix("\\")
    end = CLOSING.get(both, both) or options.get("rc", "").removeprefix("\\")
    if not begin and not end:
        begin, end = "(", ")"
    return f"{begin}{', '.join(operands)}{end}"


def _integral(operands: list[str], options: Options) -> str:
    if len(operands) != 3:
        raise _UnreadError
    sign = "∑" if "su" in options else "∏" if "pr" in options else "∫"
    low, high, of = operands
    limits = (f"_{group(low)}" if low else "") + (f"^{group(high)}" if high else "")
    return f"{sign}{limits} {of}"


def _over(operands: list[str], options: Options) -> str:
    """Characters over each other; a raised text over a word says how the word is read."""
    if len(operands) == 2 and operands[0].startswith("^"):
        reading = operands[0][1:].strip("()")
        return f"{operands[1]}({reading})"
    return " ".join(filter(None, operands))


WRITERS: dict[str, Callable[[list[str], Options], str]] = {
    "f": _fraction,
    "r": _root,
    "s": _script,
    "a": _array,
    "b": _bracketed,
    "i": _integral,
    "o": _over,
    "l": lambda operands, _: ", ".join(operands),
    "x": lambda operands, _: ", ".join(operands),
    "d": lambda _, __: " ",  # moves what follows
}

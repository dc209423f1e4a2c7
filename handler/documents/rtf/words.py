"""The words of Rich Text by their meaning."""

from __future__ import annotations

CHARACTERS = {
    b"tab": "\t",
    b"line": "\n",
    b"emdash": "—",
    b"endash": "–",
    b"bullet": "•",
    b"lquote": "‘",  # noqa: RUF001
    b"rquote": "’",  # noqa: RUF001
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"emspace": " ",
    b"enspace": " ",
    b"qmspace": " ",
}
SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t"}
# A backslash before a line's end is a paragraph's end.
PARAGRAPH_SYMBOLS = {b"\n", b"\r"}
PARAGRAPHS = {b"par", b"sect", b"page", b"column"}
# Groups that hold no text of the document.
SKIPPED = {
    *(b"colortbl", b"info", b"listtable", b"listoverridetable", b"rsidtbl", b"generator"),
    *(b"themedata", b"colorschememapping", b"datastore", b"latentstyles", b"xmlnstbl"),
    *(b"fldinst", b"filetbl", b"revtbl", b"objdata", b"objclass", b"objname", b"sp", b"do"),
    *(b"bkmkstart", b"bkmkend", b"atnid", b"atnauthor", b"atndate", b"atnref", b"atnparent"),
    *(b"nonshppict", b"mmathPr", b"wgrffmtfilter", b"pnseclvl", b"pn", b"xe", b"tc", b"template"),
    *(b"ftnsep", b"ftnsepc", b"aftnsep", b"aftnsepc", b"ftncn", b"aftncn", b"listpicture"),
}
LIST_MARKS = {b"listtext", b"pntext"}
PICTURES = {b"pict"}
COMMENTS = {b"annotation"}
# Groups that are read though they are marked as ones that older programs skip.
READ = {b"shpinst", b"shptxt", b"shppict", b"nesttableprops", b"moMath", b"moMathPara"}
# Text beside the body: it goes before or after it, each text once.
HEADERS = {b"header", b"headerl", b"headerr", b"headerf"}
FOOTERS = {b"footer", b"footerl", b"footerr", b"footerf"}
NOTES = {b"footnote"}

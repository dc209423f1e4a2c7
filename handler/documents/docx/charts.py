"""The texts of a chart or a diagram (SmartArt), each of which has a part of its own."""

from __future__ import annotations

from collections.abc import Iterator

from handler.documents.docx.names import Element, name, number

TITLE, TEXT, RICH = name("c:title"), name("a:t"), name("a:p")
SERIES, POINT, VALUE = name("c:ser"), name("c:pt"), name("c:v")
MAX_POINTS = 1_000  # categories of a chart: more are data, not a picture
MAX_SERIES = 50


def chart_titles(root: Element) -> Iterator[str]:
    """The title of a chart, and those of its axes."""
    for title in root.iter(TITLE):
        text = " ".join("".join(each.text or "" for each in title.iter(TEXT)).split())
        if text:
            yield text


def chart_rows(root: Element) -> list[list[str]]:
    """A chart's values: the series' names, then a row for each category."""
    series = list(root.iter(SERIES))[:MAX_SERIES]
    categories: dict[int, str] = {}
    values = []
    for each in series:
        categories = _points(each, "c:cat", "c:xVal") | categories
        values.append(_points(each, "c:val", "c:yVal"))
    places = sorted({at for each in (categories, *values) for at in each})[:MAX_POINTS]
    if not places:
        return []
    names = [" ".join(v.text or "" for v in _below(each, "c:tx")) for each in series]
    rows = [["", *names]] if any(names) else []
    rows += [
        [categories.get(at, ""), *(_short(each.get(at, "")) for each in values)] for at in places
    ]
    return rows


def diagram_lines(root: Element) -> Iterator[str]:
    """The texts of a diagram's points, in the order of its data."""
    for paragraph in root.iter(RICH):
        text = " ".join("".join(each.text or "" for each in paragraph.iter(TEXT)).split())
        if text:
            yield text


def _points(series: Element, *tags: str) -> dict[int, str]:
    """Text by index; a dictionary, as an index may be two billion."""
    found: dict[int, str] = {}
    for tag in tags:
        for holder in series.findall(name(tag)):
            for point in holder.iter(POINT):
                at, text = number(point.get("idx")), point.find(VALUE)
                if at is not None and text is not None and len(found) < MAX_POINTS:
                    found.setdefault(at, text.text or "")
    return found


def _below(series: Element, tag: str) -> Iterator[Element]:
    holder = series.find(name(tag))
    return iter(()) if holder is None else holder.iter(VALUE)


def _short(text: str) -> str:
    """A value without the digits that only binary numbers have: 4.3 for 4.2999999999999998."""
    try:
        return f"{float(text):.12g}" if len(text) > 12 else text
    except ValueError:
        return text

"""A chart as a table: a row for each category, a column for each series. Draws nothing."""

from __future__ import annotations

from handler.documents.office.drawing import paragraph_text
from handler.documents.writer import Writer
from handler.documents.xml_tree import Element, attribute, child, children, descendants
from handler.limits import MAX_CHART_SERIES


def write_chart(writer: Writer, root: Element, *, with_values: bool = True) -> bool:
    """Write a chart's title and values. Returns whether it had any.

    The values are those that the program saved beside the chart; it is not calculated.
    """
    title = child(root, "chart", "title")
    lines = [paragraph_text(each) for each in descendants(title, "p")] if title is not None else []
    heading = " ".join(line for line in lines if line)
    if heading:
        writer.separate("\n\n")
        writer.write(heading)
        writer.separate("\n\n")
    if not with_values:
        return True
    series = list(descendants(root, "ser"))[:MAX_CHART_SERIES]
    names = [" ".join(_points(child(each, "tx")).values()) for each in series]
    columns = [_points(_first(each, "val", "yVal")) for each in series]
    if not any(columns):
        return bool(heading)
    categories = next(filter(None, (_points(_first(each, "cat", "xVal")) for each in series)), {})
    writer.begin_table()
    writer.row(["", *names], is_header=any(names))
    for index in sorted({index for column in [*columns, categories] for index in column}):
        writer.row([categories.get(index, ""), *(column.get(index, "") for column in columns)])
    writer.end_table()
    return True


def _first(element: Element, *names: str) -> Element | None:
    return next(iter(children(element, *names)), None)


def _points(parent: Element | None) -> dict[int, str]:
    """The saved values below an element, by their place."""
    points: dict[int, str] = {}
    if parent is None:
        return points
    if (value := child(parent, "v")) is not None:  # a name that is written directly
        return {0: _text(value)}
    for point in descendants(parent, "pt"):
        index, value = attribute(point, "idx"), child(point, "v")
        if index.isdecimal() and len(index) < 8 and value is not None:
            text = _text(value)
            # Several levels of categories: the outer one follows.
            points[int(index)] = f"{points[int(index)]}, {text}" if int(index) in points else text
    return points


def _text(value: Element) -> str:
    text = value.text or ""
    return text.removesuffix(".0")  # some programs write 5.0 for 5

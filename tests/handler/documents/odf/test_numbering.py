"""List items and headings of OpenDocument files have the numbers that are shown."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read
from tests.handler.documents.zips import opendocument


def level(number: int, attributes: str, kind: str = "list-level-style-number") -> str:
    return f'<text:{kind} text:level="{number}" {attributes}/>'


def style(*levels: str, name: str = "L") -> str:
    return f'<text:list-style style:name="{name}">{"".join(levels)}</text:list-style>'


def item(text: str, inside: str = "", attributes: str = "") -> str:
    return f"<text:list-item {attributes}><text:p>{text}</text:p>{inside}</text:list-item>"


def items(*xml: str, attributes: str = 'text:style-name="L"') -> str:
    return f"<text:list {attributes}>{''.join(xml)}</text:list>"


def text(body: str, styles: str = "") -> str:
    return read(opendocument("text", body, styles)).text


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ('style:num-format="1" style:num-suffix="." text:start-value="3"', "3. x\n4. y"),
        ('style:num-format="1" text:start-value="3"', "3. x\n4. y"),
        ('style:num-format="a" style:num-suffix=")"', "a) x\nb) y"),
        ('style:num-format="A" style:num-prefix="(" style:num-suffix=")"', "(A) x\n(B) y"),
        ('style:num-format="i" style:num-suffix="." text:start-value="4"', "iv. x\nv. y"),
        ('style:num-format="I" style:num-prefix="§ "', "§ I x\n§ II y"),
        ('style:num-format="1" loext:num-list-format="%1%:"', "1: x\n2: y"),
        ('style:num-format=""', "x\ny"),
        ('text:start-value="99999999999"', "1. x\n2. y"),
    ],
)
def test_the_style_says_how_a_number_is_shown(attributes: str, shown: str) -> None:
    attributes = attributes.replace("loext:", "text:")
    assert text(items(item("x"), item("y")), style(level(1, attributes))) == shown


DOT = 'style:num-format="1" style:num-suffix="."'


def test_an_item_can_state_its_number() -> None:
    body = items(item("x"), item("y", attributes='text:start-value="7"'), item("z"))
    assert text(body, style(level(1, DOT))) == "1. x\n7. y\n8. z"


def test_a_list_can_go_on_with_another() -> None:
    go_on = 'text:style-name="L" text:continue-numbering="true"'
    by_id = 'text:style-name="L" text:continue-list="one"'
    first = items(item("a"), attributes='text:style-name="L" text:id="one"')
    body = (
        first
        + "<text:p>Between</text:p>"
        + items(item("b"), attributes=go_on)
        + items(item("c"))
        + items(item("d"), attributes=by_id)
    )
    assert text(body, style(level(1, DOT))) == "1. a\n\nBetween\n\n2. b\n\n1. c\n\n3. d"


def test_levels_have_their_own_numbers_and_show_those_above() -> None:
    levels = style(level(1, DOT), level(2, f'{DOT} text:display-levels="2"'))
    inner = items(item("b"), item("c"), attributes="")
    body = items(item("a", inner), item("d", items(item("e"), attributes="")))
    assert text(body, levels) == "1. a\n  1.1. b\n  1.2. c\n2. d\n  2.1. e"


def test_an_item_that_holds_only_a_list_is_not_counted() -> None:
    go_on = 'text:style-name="L" text:continue-numbering="true"'
    levels = style(level(1, DOT), level(2, 'style:num-format="a" style:num-suffix=")"'))
    wrapped = f"<text:list-item>{items(item('b'), attributes='')}</text:list-item>"
    body = items(item("a")) + items(wrapped, item("c"), attributes=go_on)
    assert text(body, levels) == "1. a\n\n  a) b\n2. c"


def test_items_below_a_bullet_are_counted_from_one() -> None:
    levels = style(level(2, DOT))
    inner = items(item("b"), attributes="")
    assert text(items(item("a", inner), item("c", inner)), levels) == "- a\n  1. b\n- c\n  1. b"


def test_the_number_that_the_file_holds_counts() -> None:
    held = "<text:list-item><text:number>9)</text:number><text:p>x</text:p></text:list-item>"
    assert text(items(held), style(level(1, DOT))) == "9) x"


def test_headings_have_the_outlines_numbers() -> None:
    outline = level(1, 'style:num-format="1"', "outline-level-style") + level(
        2, 'style:num-format="1" text:display-levels="2"', "outline-level-style"
    )
    common = f"<text:outline-style>{outline}</text:outline-style>"

    def h(number: int, words: str, attributes: str = "") -> str:
        return f'<text:h text:outline-level="{number}" {attributes}>{words}</text:h>'

    plain = '<style:style style:name="P" style:list-style-name=""/>'
    body = h(1, "A") + h(2, "B") + h(2, "C") + h(1, "Preface", 'text:style-name="P"')
    body += h(1, "D", 'text:is-list-header="true"') + h(1, "E") + h(2, "F") + h(3, "G")
    document = read(opendocument("text", body, plain + common))
    assert [heading.text for heading in document.headings] == (
        ["1 A", "1.1 B", "1.2 C", "Preface", "D", "2 E", "2.1 F", "G"]
    )


def test_a_heading_in_a_list_has_the_lists_number() -> None:
    heading = '<text:h text:outline-level="1">Scope</text:h>'
    body = items(f"<text:list-item>{heading}</text:list-item>")
    assert text(body, style(level(1, 'style:num-format="I" style:num-suffix="."'))) == "# I. Scope"

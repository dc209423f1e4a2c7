"""Text and Markdown are kept unchanged, and headings are marked."""

from __future__ import annotations

import base64
import random

from handler.documents.document import Heading
from tests.handler.documents.samples import read, rejected

PAGE = """\
Title
=====

# One #
Some text.

```python
# a comment
```
~~~
## also
```
~~~

Two parts
---------

- an item
---

   ### Three ##
    # code
#no heading
####### nor this
## *Four* #5
###
| a | b |
---
last
"""


def test_headings_are_found_and_the_text_is_kept() -> None:
    document = read(PAGE, "a.md")
    assert document.text == PAGE
    assert (document.format, document.is_markdown) == ("markdown", True)
    assert [heading.text for heading in document.headings] == [
        *("Title", "One", "Two parts", "Three", "*Four* #5"),
    ]
    offsets = [heading.offset for heading in document.headings]
    lines = [PAGE[offset:].split("\n", maxsplit=1)[0] for offset in offsets]
    assert lines == ["Title", "# One #", "Two parts", "   ### Three ##", "## *Four* #5"]


def test_a_chunk_is_under_the_heading_before_it() -> None:
    document = read(PAGE, "a.md")
    assert document.section(PAGE.index("Some text")) == "One"
    assert document.section(PAGE.index("last")) == "One > *Four* #5"
    assert document.section(0) == "Title"
    assert read("text\n# A", "a.md").section(0) is None


def test_offsets_are_right_after_line_ends_are_changed() -> None:
    document = read("a\r\n\r\n# B\r\n\r\nC\r\n===\r\n", "a.md")
    assert document.text == "a\n\n# B\n\nC\n===\n"
    assert document.headings == (Heading(3, 1, "B"), Heading(8, 1, "C"))


def test_plain_text_has_no_headings() -> None:
    document = read("# not Markdown", "a.txt")
    assert document.text == "# not Markdown"
    assert not document.is_markdown
    assert not document.headings


def test_more_headings_than_the_limit_are_refused() -> None:
    maximum = b"# a\n" * 100_000
    assert len(read(maximum, "a.md").headings) == 100_000
    assert "more than 100,000 headings" in rejected(maximum + b"# a\n", "a.md")


def test_embedded_files_are_left_out_of_plain_text() -> None:
    blob = base64.b64encode(random.Random(1).randbytes(3_000)).decode()
    lines = "\n".join(blob[at : at + 76] for at in range(0, 4_000, 76))
    document = read(f"Photo: data:image/png;base64,{blob}\nKey:\n{lines}\nEnd\n", "a.txt")
    assert document.text.split() == ["Photo:", "Key:", "End"]
    assert document.warnings == ("2 embedded files (base64, 8,074 characters) were left out.",)


def test_a_text_that_is_certainly_json_lines_is_read_as_such() -> None:
    assert read('{"a": 1}\n\n{"a": 2}\n', "a.txt").text == "a: 1\n\na: 2"
    for content in ('{"a": 1}\n', '{"a": 1}\nand text\n', "{a}\n{b}\n", '{"a": 1}\n{"a": 2\n'):
        assert read(content, "a.txt").text == content

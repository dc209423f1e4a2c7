"""Pictures within a Markdown text are left out; what describes them stays."""

from __future__ import annotations

import base64
import random

import pytest

from tests.handler.documents.samples import read

URI = f"data:image/png;base64,{base64.b64encode(random.Random(1).randbytes(3_000)).decode()}"
WARNING = "1 embedded file (base64, 4,022 characters) was left out."


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (f"# Plan\n\n![plan]({URI})\n\nSee above.\n", "# Plan\n\n![plan]()\n\nSee above.\n"),
        (f"# Plan\n\n![]({URI})\n\nSee above.\n", "# Plan\n\n\n\nSee above.\n"),
        (f"# Plan ![plan][1]\n\n[1]: {URI}\n\nEnd\n", "# Plan ![plan][1]\n\n\nEnd\n"),
        (f"# Plan ![][image1]\n\n[image1]: <{URI}>\n", "# Plan ![][image1]\n\n"),
        (f'# Plan\n\n<img src="{URI}" alt="plan">\n', '# Plan\n\n<img src="" alt="plan">\n'),
    ],
)
def test_data_uris_are_left_out(content: str, text: str) -> None:
    document = read(content, "a.md")
    assert document.text == text
    assert document.warnings == (WARNING,)
    assert document.headings[0].offset == 0


def test_other_pictures_stay() -> None:
    content = "![plan](plan.png) ![](a.png) [x]: http://x.example/data:image\n"
    document = read(content, "a.md")
    assert (document.text, document.warnings) == (content, ())


SVG = "data:image/svg+xml,%3Csvg xmlns='http%3A//w.example' d='rotate(45)'%3E%3C/svg%3E"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (f"![b]({SVG}) end\n", "![b]() end\n"),
        (f'![b]({SVG} "Plan") end\n', '![b]( "Plan") end\n'),
        (f'<img src="{SVG}" alt="b">\n', '<img src="" alt="b">\n'),
        (
            """<img src='data:image/svg+xml;utf8,<svg xmlns="http://w.example"/>' alt="b">\n""",
            """<img src='' alt="b">\n""",
        ),
    ],
)
def test_svg_pictures_with_marks_and_spaces_are_left_out_whole(content: str, text: str) -> None:
    assert read(content, "a.md").text == text


def test_text_about_data_uris_stays() -> None:
    content = "A space (data:text/plain,%20 and more) is written so; data:image/svg+xml,% is cut.\n"
    assert read(content, "a.md").text == content

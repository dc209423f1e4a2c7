"""Hostile files of formats with many parts end in the worker with a sentence, not with a crash."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from handler.documents.sandbox import Sandbox
from tests.handler.documents.mail.samples import HEADERS
from tests.handler.documents.pptx.samples import pptx, title
from tests.handler.documents.sandboxed import extract, rejection
from tests.handler.documents.xlsx.samples import xlsx
from tests.handler.documents.zips import epub, opendocument

MIB = 1_048_576


def with_bomb(archive: bytes, name: str, megabytes: int = 300) -> bytes:
    """The archive with one part that inflates to that many MiB."""
    buffer = io.BytesIO()
    block = b" " * MIB
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry), entry.compress_type)
        with new.open(name, "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(block)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "name", "kind"),
    [
        (lambda: pptx(title("A")), "ppt/slides/slide1.xml", "PowerPoint file"),
        (lambda: xlsx(S=[["a"]]), "xl/worksheets/sheet1.xml", "Excel file"),
        (lambda: opendocument("text", ""), "content.xml", "OpenDocument file"),
        (lambda: epub({"one": ""}), "OEBPS/one.xhtml", "EPUB book"),
    ],
)
def test_a_part_that_inflates_to_hundreds_of_megabytes_is_refused(
    make: Callable[[], bytes], name: str, kind: str, sandbox: Sandbox
) -> None:
    content = with_bomb(make(), name)
    assert len(content) < 2 * MIB
    reason = rejection(sandbox, content, "a")
    assert reason.startswith(f"invalid_file: The {kind} is 314,57")
    assert reason.endswith("the limit is 200,000,000. Split it, or remove its pictures.")


def test_hundreds_of_parts_inside_each_other_are_read(sandbox: Sandbox) -> None:
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(450)
    )
    content = (HEADERS + nested + "Content-Type: text/plain\n\nHello").encode()
    assert extract(sandbox, content, "a.eml").text.endswith("\n\nHello")

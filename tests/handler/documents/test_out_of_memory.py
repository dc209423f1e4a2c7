"""A document that takes more memory than there is is told so, in whatever library it runs out."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from handler.documents.crashes import crash_message
from handler.documents.out_of_memory import is_out_of_memory
from handler.documents.sandbox import Sandbox
from handler.documents.worker_process import Crashed
from tests.handler.documents.mail.samples import HEADERS
from tests.handler.documents.pptx.samples import pptx, shape
from tests.handler.documents.samples import with_body
from tests.handler.documents.sandboxed import rejection, run_in_workers
from tests.handler.documents.xlsx.samples import xlsx
from tests.handler.documents.zips import epub, opendocument

MIB = 1_048_576
TOLD = (
    "invalid_file: The file needs more than 80 MiB of memory to read, the limit; split it into "
    "several files, or give the function more memory."
)


def many(element: str, count: int) -> str:
    return element * count


SVG = "<svg xmlns='http://www.w3.org/2000/svg'>"
QUICK: dict[str, Callable[[], bytes]] = {
    "a.docx": lambda: with_body(many("<w:p><w:r><w:t>a</w:t></w:r></w:p>", 100_000)),
    "a.odt": lambda: opendocument("text", many("<text:p>a</text:p>", 200_000)),
    "a.svg": (SVG + many("<text>a</text>", 200_000) + "</svg>").encode,
    "a.json": lambda: b"[" + b"[1]," * 2_000_000 + b"1]",
}
SLOW: dict[str, Callable[[], bytes]] = {
    "a.pptx": lambda: pptx(many(shape("a"), 60_000)),
    "a.xlsx": lambda: xlsx(
        S=f"<sheetData>{many('<row><c><v>1</v></c></row>', 400_000)}</sheetData>"
    ),
    "a.epub": lambda: epub({"one": many("<p>a</p>", 300_000)}),
    "a.eml": f"{HEADERS}Content-Type: text/html\n\n{many('<p>a</p>', 300_000)}".encode,
    "a.html": lambda: many("<p>a</p>", 300_000).encode(),
    "a.csv": lambda: b"a,b\n" * 1_000_000,
}


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(n, marks=pytest.mark.slow) for n in SLOW)])
def test_too_little_memory_is_not_called_damage(name: str) -> None:
    with Sandbox(memory=80 * MIB) as sandbox:
        assert rejection(sandbox, (QUICK | SLOW)[name](), name) == TOLD


def test_a_library_that_does_not_fit_is_not_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_in_workers(
        monkeypatch,
        "import handler.documents.text as text\n"
        "def fail(content): raise ImportError('a.so: failed to map segment from shared object')\n"
        "text.extract_text = fail",
    )
    with Sandbox(memory=80 * MIB) as sandbox:
        assert rejection(sandbox, b"a", "a.txt") == TOLD


@pytest.mark.parametrize(
    "crash",
    [
        Crashed(-6, said="terminate called after throwing an instance of 'std::bad_alloc'"),
        Crashed(-6, said="memory allocation of 1024 bytes failed"),
        Crashed(-6),  # pdfium is silent
        Crashed(-11, peak=41 * MIB),
        Crashed(-4, peak=41 * MIB),
    ],
)
def test_a_crash_for_want_of_memory_is_told_as_such(crash: Crashed) -> None:
    assert "invalid_file: " + crash_message(crash, 80 * MIB) == TOLD


@pytest.mark.parametrize(
    ("crash", "how"),
    [
        (Crashed(-6, said="double free or corruption (out)"), "signal SIGABRT"),
        (Crashed(-11, peak=30 * MIB), "signal SIGSEGV"),
        (Crashed(-9, peak=79 * MIB), "signal SIGKILL"),
        (Crashed(1, peak=79 * MIB), "status 1"),
    ],
)
def test_another_crash_names_both_causes(crash: Crashed, how: str) -> None:
    assert crash_message(crash, 80 * MIB) == (
        f"The program that reads the file crashed ({how}): the file is damaged, or needs more "
        "than 80 MiB of memory to read. Create it again or split it."
    )


def test_an_error_that_memory_led_to_is_found() -> None:
    try:
        try:
            raise MemoryError
        except MemoryError as error:
            raise ValueError from error
    except ValueError as error:
        assert is_out_of_memory(error)
    assert is_out_of_memory(OSError(12, "Cannot allocate memory"))
    assert not is_out_of_memory(io.UnsupportedOperation("read"))
    assert not is_out_of_memory(ImportError("No module named 'lxml'"))

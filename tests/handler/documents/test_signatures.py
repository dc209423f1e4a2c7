"""A text that begins like a binary file is text; a file that is not whole is called so."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read, rejected

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    "text",
    [
        *("RIFF is a short word for a guitar phrase.\n", "OggS and fLaC begin files", "fLaC"),
        *("PAR1 was the first par of the day", "GIF89a is a format", "GIF87a\nGIF89a"),
        *("%!PS is how PostScript begins", "The ftyp box comes first", "set ftyp=mp4"),
        *("BMW makes cars", "MZ", "BZhello", "ID3 is a tag"),
    ],
)
@pytest.mark.parametrize("name", ["a", "a.txt"])
def test_text_may_begin_like_a_binary_file(text: str, name: str) -> None:
    assert read(text, name).text == text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "a WebP picture, or a sound or video file"),
        (b"OggS\x00\x02" + bytes(8), "a sound or video file"),
        (b"fLaC\x00\x00\x00\x22", "a sound file"),
        (b"PAR1\x15\x04\x15\x00", "a Parquet file; save it as CSV or JSON Lines"),
        (b"GIF89a\x01\x00\x01\x00\x80", "a GIF picture"),
        (b"%!PS-Adobe-3.0\n%%Title: a", "a PostScript file; save it as PDF"),
        (b"%!PS\nshowpage", "a PostScript file; save it as PDF"),
        (b"\x00\x00\x00\x20ftypisom", "a video, or a HEIC or AVIF picture"),
        (
            OLE + "__properties_version1.0".encode("utf-16-le"),
            "an Outlook message (.msg); save it as .eml or PDF",
        ),
    ],
)
def test_what_a_binary_file_has_next_proves_it(content: bytes, kind: str) -> None:
    assert f"The file seems to be {kind}. Supported formats: " in rejected(content, "a.txt")


@pytest.mark.parametrize("name", ["a", "a.txt", "a.pdf", "a.docx", "a.html", "a.csv"])
def test_an_empty_file_is_called_empty(name: str) -> None:
    assert rejected(b"", name) == "invalid_file: The file is empty: it has 0 bytes."


def test_a_file_of_zero_bytes_only_is_called_so() -> None:
    assert rejected(bytes(2_000), "a.docx") == (
        "invalid_file: The file has 2,000 zero bytes and nothing else, as a transfer that stopped "
        "leaves it. Upload it again."
    )


def test_a_zip_archive_without_its_end_is_called_cut_off() -> None:
    content = b"PK\x03\x04" + bytes(26) + b"notes.txt"
    assert rejected(content, "a.zip") == (
        "invalid_file: The file is a zip archive, as Office files are, but it is cut off, as a "
        "transfer that stopped leaves it. Upload it again."
    )

"""Labels mean what browsers take them to mean."""

from __future__ import annotations

import pytest

from handler.documents.charsets.labels import codec_of, usual_name
from tests.handler.documents.samples import read


@pytest.mark.parametrize(
    ("label", "text", "codec"),
    [
        ("windows-874", "ห้อง", "cp874"),
        ("TIS-620", "ห้อง", "cp874"),
        ("windows-31j", "吾輩は①", "cp932"),
        ("x-sjis", "吾輩は①", "cp932"),
        ("x-euc-jp", "吾輩は猫", "euc_jp"),
        ("x-gbk", "话说天下", "gb18030"),
        ("x-cp1251", "Привет", "cp1251"),
        ("iso-8859-8-i", "שלום", "iso8859-8"),
        ("x-mac-cyrillic", "Привет", "mac-cyrillic"),
        ("macintosh", "Größe", "mac-roman"),
        ("ks_c_5601-1987", "똠방각하", "cp949"),
        ("latin1", "“5 €”", "cp1252"),
        ("IBM850", "mañana", "cp850"),
        ("hz-gb-2312", "图书馆", "hz"),
        ("iso-2022-kr", "도서관", "iso2022_kr"),
        ("unicodeFFFE", "Grüße", "utf-16-be"),
    ],
)
def test_a_declared_label_is_read(label: str, text: str, codec: str) -> None:
    document = read(text.encode(codec), "a.txt", f"text/plain; charset={label}")
    assert document.text == text
    page = f'<html><head><meta charset="{label}"></head><body>'.encode() + text.encode(codec)
    if not codec.startswith(("utf-16", "iso2022_kr")):
        assert read(page, "a.html").text == text


@pytest.mark.parametrize("label", [None, "", " ", "none-such", "hex", "rot13", "idna", "a\x00b"])
def test_what_is_no_character_set_has_no_codec(label: str | None) -> None:
    assert codec_of(label) is None


@pytest.mark.parametrize(
    ("codec", "name"),
    [("cp1252", "windows-1252"), ("cp932", "shift_jis"), ("euc_jp", "euc-jp"), ("cp866", "ibm866")],
)
def test_a_character_set_has_its_usual_name(codec: str, name: str) -> None:
    assert usual_name(codec) == name


def test_an_xml_declaration_counts_before_a_meta_tag() -> None:
    text = "図書館は開く。"
    page = '<?xml version="1.0" encoding="EUC-JP"?><html><head><meta charset="shift_jis"/></head>'
    assert read(f"{page}<body>{text}</body></html>".encode("euc_jp"), "a.xhtml").text.endswith(text)


def test_a_commented_meta_tag_declares_nothing() -> None:
    page = '<html><!-- <meta charset="koi8-r"> --><meta charset="cp1251"><body>Привет</body></html>'
    assert read(page.encode("cp1251"), "a.html").text == "Привет"

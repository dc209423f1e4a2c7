"""A character set is declared or unmistakable, or the file is refused: no text is garbled."""

from __future__ import annotations

import pytest

from tests.handler.documents.samples import read, rejected

SAVE_AS_UTF8 = (
    "save it as UTF-8, or say its character set in the content type (text/plain; charset=…)."
)

FRENCH = (
    "Le café crème coûte très cher à Paris, où l'été dernier nous étions déjà allés voir la forêt "
    "près de chez André."
)
GERMAN = "Über die Brücke fährt ein größerer Zug nach München; die Straße ist gesperrt."
SPANISH = "El niño comió una piña en el jardín. ¿Dónde está la estación? Mañana lloverá según él."
POLISH = "Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi pod względem swej godności."
CZECH = (
    "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a "
    "svědomím a mají spolu jednat v duchu bratrství."
)
TURKISH = (
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler "
    "ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler."
)
RUSSIAN = (
    "Съешь же ещё этих мягких французских булок, да выпей чаю. Широкая электрификация южных "
    "губерний даст мощный толчок подъёму сельского хозяйства."
)
GREEK = "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα."
JAPANESE = (
    "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした"
    "所でニャーニャー泣いていた事だけは記憶している。"
)


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("text", [FRENCH, "Hello, 😀 and good-bye.\nYes."])
def test_unicode_is_read_with_and_without_a_byte_order_mark(text: str, charset: str) -> None:
    assert read(text.encode(charset)).text == text


def test_big_endian_byte_order_marks_are_read() -> None:
    assert read(b"\xfe\xff" + JAPANESE.encode("utf-16-be")).text == JAPANESE
    assert read(b"\x00\x00\xfe\xff" + JAPANESE.encode("utf-32-be")).text == JAPANESE


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (FRENCH, "latin-1"),
        (FRENCH.replace("'", "’") + " 3 €", "cp1252"),
        (GERMAN, "latin-1"),
        (SPANISH, "latin-1"),
        (POLISH, "cp1250"),
        (CZECH, "cp1250"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (JAPANESE, "shift-jis"),
    ],
)
def test_an_unmistakable_character_set_is_detected(text: str, charset: str) -> None:
    assert read(text.encode(charset)).text == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Привет, мир!", "windows-1251"),
        ("café crème", "iso-8859-1"),
        ("“café”", "ISO-8859-1"),  # which browsers read as windows-1252 (WHATWG)
        ("吾輩は猫である。", "Shift_JIS"),
        ("吾輩は猫である。", "EUC-JP"),
        ("吾輩は猫である。", "ISO-2022-JP"),
        ("话说天下大势", "GB2312"),
        ("联通", "GBK"),  # valid UTF-8 as well, by chance
        ("話說天下大勢", "big5"),
        ("모든 국민은", "euc-kr"),
        ("吾輩は猫である。", "utf-16le"),
    ],
)
def test_a_declared_character_set_is_believed(text: str, charset: str) -> None:
    codec = {"ISO-8859-1": "cp1252"}.get(charset, charset)
    content = text.encode(codec)
    assert read(content, "a.txt", f'text/plain; charset="{charset}"').text == text


def test_html_may_declare_its_character_set() -> None:
    for meta in (
        '<meta charset="windows-1251">',
        '<META http-equiv="Content-Type" content="text/html; charset=windows-1251">',
    ):
        page = f"<html><head>{meta}</head><body>Привет, мир!</body></html>"
        assert read(page.encode("cp1251")).text == "Привет, мир!"
    # The content type outranks the page; a page that says UTF-16 in ASCII is wrong.
    page = '<html><meta charset="koi8-r"><body>Привет!</body></html>'
    assert read(page.encode("cp1251"), "a", "text/html; charset=cp1251").text == "Привет!"
    assert read('<html><meta charset="utf-16"><body>Grüße</body></html>').text == "Grüße"


@pytest.mark.parametrize(
    "charset", ["latin-1", "windows-1251", "none-such", "hex", "rot13", "idna", "utf-7", "a\x00b"]
)
def test_utf8_with_a_wrong_label_is_read_as_utf8(charset: str) -> None:
    assert read("Grüße", "a.txt", f"text/plain; charset={charset}").text == "Grüße"


@pytest.mark.parametrize(
    ("text", "charset"),
    [("Año nuevo", "cp850"), ("café", "latin-1"), ("Łódź", "cp1250")],
)
def test_an_ambiguous_text_is_refused_rather_than_guessed(text: str, charset: str) -> None:
    reason = rejected(text.encode(charset))
    assert reason.startswith("invalid_file: The file is not UTF-8, and may be ")
    assert reason.endswith(f" or another character set; {SAVE_AS_UTF8}")
    assert text not in reason


def test_bytes_in_no_character_set_are_refused() -> None:
    content = bytes(range(128, 256)) * 20
    assert rejected(content) == (
        "invalid_file: The file is not UTF-8 text, nor in a recognizable character set; "
        + SAVE_AS_UTF8
    )


@pytest.mark.parametrize(
    ("content", "label"),
    [(b"\xef\xbb\xbf\xff", "UTF-8"), (b"\xff\xfea", "UTF-16"), (b"\xff\xfe\x00\x00a", "UTF-32")],
)
def test_a_damaged_text_with_a_byte_order_mark_is_refused(content: bytes, label: str) -> None:
    assert rejected(content) == (
        f"invalid_file: The file begins as {label}, but is damaged further on; {SAVE_AS_UTF8}"
    )


def test_line_ends_become_line_feeds_and_the_rest_is_kept() -> None:
    assert read("a\r\nb\rc\n\n  d\t\u2028é ").text == "a\nb\nc\n\n  d\t\u2028é "
    assert read("e\u0301").text == "e\u0301"  # not normalized: offsets refer to the original

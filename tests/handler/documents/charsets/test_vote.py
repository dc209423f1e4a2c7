"""A text that declares no character set is read if it is certain, and otherwise refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.documents.charsets import decode
from handler.errors import DocumentRejected
from tests.handler.documents.samples import read, rejected

SLOVENE = (
    "Knjižnica je odprta od devetih zjutraj. Člani si lahko izposodijo pet knjig za štirinajst "
    "dni. Vpišite se pri okencu, če želite kartico."
)
SPANISH = (
    "La biblioteca abre a las nueve de la mañana. Los lectores podrán llevarse cinco libros "
    "durante catorce días. Después habrá que devolverlos, según la sección de préstamos."
)
CZECH = "Knihovna je otevřena od devíti hodin. Čtenáři si mohou půjčit pět knih na čtrnáct dní."
RUSSIAN = (
    "Библиотека открыта с девяти часов утра. Читатели могут взять книги на две недели. Январь и "
    "февраль."
)
UKRAINIAN = "Бібліотека відкрита з дев'ятої години. Читачі можуть взяти п'ять книжок."
HEBREW = "הספרייה נפתחת בשעה תשע. הקוראים יכולים לשאול חמישה ספרים לארבעה עשר ימים. " * 6
KOREAN = "도서관은 오전 아홉 시에 문을 엽니다."
CHINESE = "圖書館開放時間為上午九點至下午五點."
SIMPLIFIED = "图书馆开放时间为上午九点至下午五点."
JAPANESE = (
    "本日は図書館の利用についてご案内します。①受付で登録してください。㈱見本の社員も利用できます。"
)
ENGLISH = "Opening hours of the public library, with the room plan and the list of new books. "


@pytest.mark.parametrize(
    ("text", "codec", "charset"),
    [
        (SLOVENE, "iso8859-2", "iso-8859-2"),
        (CZECH, "cp1250", "windows-1250"),
        (CZECH * 2, "cp852", "ibm852"),
        (RUSSIAN, "mac-cyrillic", "x-mac-cyrillic"),
        (RUSSIAN, "cp866", "ibm866"),
        (RUSSIAN, "iso8859-5", "iso-8859-5"),
        (UKRAINIAN, "koi8-u", "koi8-u"),
        (HEBREW, "cp1255", "windows-1255"),
        (KOREAN, "cp949", "euc-kr"),
        (CHINESE, "big5", "big5"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (ENGLISH * 30 + KOREAN + " " + ENGLISH * 30, "cp949", "euc-kr"),
        (ENGLISH * 30 + CHINESE + " " + ENGLISH * 30, "big5", "big5"),
        (ENGLISH * 30 + SIMPLIFIED + " " + ENGLISH * 30, "gb18030", "gb18030"),
        (ENGLISH + "It\u2019s \u201cfree\u201d – and costs 0 €.", "cp1252", "windows-1252"),
    ],
)
def test_a_certain_reading_is_taken_with_a_warning(text: str, codec: str, charset: str) -> None:
    document = read(text.encode(codec))
    assert (document.text, document.charset) == (text, charset)
    assert document.warnings == (
        f"The character set was not declared; it was taken for {charset}.",
    )


def test_the_characters_that_windows_adds_to_euc_jp_are_read() -> None:
    row_13 = {"①": b"\xad\xa1", "㈱": b"\xad\xea"}
    content = b"".join(row_13.get(letter) or letter.encode("euc_jp") for letter in JAPANESE)
    assert read(content).text == JAPANESE
    assert read(content, "a.txt", "text/plain; charset=x-euc-jp").text == JAPANESE


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("mañana", "cp850"),
        ("La mañana", "cp437"),
        ("Straße", "mac-roman"),
        ("naïve", "latin-1"),
        ("Łódź", "cp1250"),
        ("şık", "cp1254"),
    ],
)
def test_a_short_text_is_refused_rather_than_guessed(text: str, codec: str) -> None:
    assert rejected(text.encode(codec)).startswith("invalid_file: The file is not UTF-8")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([SLOVENE, CZECH, SPANISH, RUSSIAN, UKRAINIAN, HEBREW, KOREAN, CHINESE]),
    st.sampled_from(
        "cp1250 iso8859-2 cp1252 cp850 cp852 mac-roman cp1251 koi8-u mac-cyrillic cp866 cp1255 "
        "iso8859-8 cp949 johab gb18030 big5 shift_jis euc_jp".split()
    ),
    st.data(),
)
def test_a_text_makes_the_round_trip_or_is_refused(
    text: str, codec: str, data: st.DataObject
) -> None:
    words = text.split(" ")
    first = data.draw(st.integers(0, len(words) - 1))
    text = " ".join(words[first : first + data.draw(st.integers(3, 40))])
    try:
        decoded = decode(text.encode(codec)).text
    except (UnicodeEncodeError, DocumentRejected):
        return
    assert decoded == text


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(content: bytes) -> None:
    try:
        assert isinstance(decode(content).text, str)
    except DocumentRejected as rejected:
        assert rejected.message.endswith(".")


def test_large_files_without_spaces_take_no_longer() -> None:
    text = "北京图书馆九点开放" * 20_000
    assert decode(text.encode("gb18030")).text == text

"""The accented letters of the languages that are written in Latin letters."""

from __future__ import annotations

from collections import Counter

from handler.documents.charsets.placement import script

_ALPHABETS = [
    set(letters)
    for letters in (
        "àâæçéèêëîïôœùûüÿ",  # French
        "äöüß",  # German
        "áéíñóúü",  # Spanish, Galician
        "áàâãçéêíóôõúü",  # Portuguese
        "àèéìíòóùú",  # Italian
        "àçèéíïòóúü",  # Catalan
        "åæøéöäü",  # Danish, Norwegian
        "åäöé",  # Swedish
        "åäöšž",  # Finnish
        "õäöüšž",  # Estonian
        "ëïéöüèêáóç",  # Dutch
        "áðéíóúýþæö",  # Icelandic
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýž",  # Czech
        "áäčďéíľĺňóôŕšťúýž",  # Slovak
        "áéíóöőúüű",  # Hungarian
        "čćđšž",  # Croatian, Slovene
        "ăâîşţșț",  # Romanian
        "çğıöşüâîû",  # Turkish
        "ąčęėįšųūž",  # Lithuanian
        "āčēģīķļņšūž",  # Latvian
        "ĉĝĥĵŝŭ",  # Esperanto
    )
]


def foreign_letters(text: str) -> int:
    """The number of accented letters that are not in the alphabet that fits best."""
    letters = Counter(
        character
        for character in text.lower()
        if character > "\x7f" and character not in "ªº" and script(character) == "LATIN"
    )
    return min(
        sum(count for letter, count in letters.items() if letter not in alphabet)
        for alphabet in _ALPHABETS
    )

"""The running texts that evaluation texts are cut from, by script.

| script | source |
|---|---|
| English | Wikipedia and Australian news (gensim's test data), Python's reference |
| other scripts | the messages of Django's translations, the names in Babel's CLDR locales |
| code | Python's library, headers of torch, scripts of matplotlib |
| emoji, numbers, noise | `generated_texts` |
"""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

from benchmarks.fidelity.generated_texts import emoji, noise, numbers
from benchmarks.measuring.corpora import (
    LOCALES,
    lee,
    messages,
    package,
    pythons_reference,
    wikipedia,
)


def sources() -> dict[str, list[str]]:
    """Running texts by script; each is cut on its own."""
    reference = "\n".join(pythons_reference().values())
    found = {"English": [wikipedia(), "\n".join(lee("lee_background")), reference]}
    for script, locales in LOCALES.items():
        found[script] = [
            " ".join(messages(locale) for locale in locales.split()),
            " ".join(names(locale) for locale in locales.split()),
        ]
    made = {"emoji and symbols": [emoji()], "numbers": [numbers()], "noise": [noise()]}
    return {**found, "code": [code()], **made}


def names(locale: str) -> str:
    """The names of languages, countries and currencies in a language, shuffled."""
    from babel import Locale

    known = Locale.parse(locale)
    found = [*known.languages.values(), *known.territories.values(), *known.currencies.values()]
    random.Random(locale).shuffle(found)
    return ", ".join(found)


def code() -> str:
    """Some files of Python, C++ and JavaScript."""
    paths = [
        *sorted(Path(sysconfig.get_path("stdlib")).glob("[d-t]*.py"))[::4],
        *sorted((package("torch") / "include" / "c10" / "util").glob("*.h"))[::4],
        *sorted((package("matplotlib") / "backends" / "web_backend").glob("**/*.js")),
    ]
    return "\n".join(path.read_text() for path in paths)

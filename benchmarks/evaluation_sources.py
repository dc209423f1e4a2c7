"""Where the evaluation texts are taken from: running text that packages and Python itself carry.

| script | source |
|---|---|
| English | Wikipedia and Australian news (in gensim's test data), Python's reference |
| other scripts | the messages of Django's translations, and the names in Babel's CLDR locales |
| code | Python's library, the headers of torch, the scripts of matplotlib |
| emoji, numbers, noise | made by `generated_texts` |
"""

from __future__ import annotations

import bz2
import gettext
import importlib.util
import random
import re
import sysconfig
from pathlib import Path

from benchmarks.generated_texts import emoji, noise, numbers

WIKIPEDIA = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
# Django's names of the locales; Babel knows them all.
LOCALES = {
    "other Latin": "cs de es fi fr hu id it nl pl pt ro sv tr vi",
    "Cyrillic": "bg kk mn ru sr uk",
    "Greek": "el",
    "Arabic": "ar fa ur",
    "Hebrew": "he",
    "Devanagari": "hi mr ne",
    "Thai": "th",
    "CJK": "ja zh_Hans zh_Hant",
    "Hangul": "ko",
}
MARKUP = re.compile(r"[%{<\0]")  # placeholders and tags; NUL parts plural forms' context
PAGES = 40  # of Wikipedia


def sources() -> dict[str, list[str]]:
    """Running texts by script; each is sliced on its own."""
    found = {"English": [wikipedia(), "\n".join(lee("lee_background")), pythons_reference()]}
    for script, locales in LOCALES.items():
        found[script] = [
            " ".join(messages(locale) for locale in locales.split()),
            " ".join(names(locale) for locale in locales.split()),
        ]
    made = {"emoji and symbols": [emoji()], "numbers": [numbers()], "noise": [noise()]}
    return {**found, "code": [code()], **made}


def wikipedia() -> str:
    """The text of the dump's longest articles."""
    from gensim.corpora.wikicorpus import extract_pages, filter_wiki

    with bz2.open(test_data(WIKIPEDIA)) as dump:
        pages = [text for _, text, _ in extract_pages(dump)]
    longest = sorted(pages, key=len)[-PAGES:]
    return re.sub(r"'{2,}|\s*\n\s*", " ", " ".join(map(filter_wiki, longest)))


def lee(name: str) -> list[str]:
    """The news of the Lee corpus: 50 documents in "lee", 300 others in "lee_background"."""
    return test_data(f"{name}.cor").read_text("latin-1").splitlines()


def test_data(name: str) -> Path:
    """A file of gensim's test data."""
    return _folder("gensim") / "test" / "test_data" / name


def pythons_reference() -> str:
    """What Python's `help()` shows of the language reference."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


def messages(locale: str) -> str:
    """Django's messages in a language, in the order of its files."""
    found = []
    for path in sorted(_folder("django").glob(f"**/locale/{locale}/LC_MESSAGES/*.mo")):
        with path.open("rb") as file:
            catalog: dict[str, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        found += [text for key, text in catalog.items() if key and not MARKUP.search(text)]
    return " ".join(found)


def names(locale: str) -> str:
    """What languages, countries and currencies are called in a language, in some order."""
    from babel import Locale

    known = Locale.parse(locale)
    found = [*known.languages.values(), *known.territories.values(), *known.currencies.values()]
    random.Random(locale).shuffle(found)
    return ", ".join(found)


def code() -> str:
    """Python, C++ and JavaScript, some files of each."""
    python = Path(sysconfig.get_path("stdlib"))
    torch = _folder("torch") / "include" / "c10" / "util"
    paths = [
        *sorted(python.glob("[d-t]*.py"))[::4],
        *sorted(torch.glob("*.h"))[::4],
        *sorted((_folder("matplotlib") / "backends" / "web_backend").glob("**/*.js")),
    ]
    return "\n".join(path.read_text() for path in paths)


def _folder(package: str) -> Path:
    """Where a package is installed; it is not imported."""
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None, f"{package} is not installed"
    return Path(spec.origin).parent

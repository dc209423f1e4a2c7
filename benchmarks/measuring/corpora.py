"""Running text that installed packages ship: Wikipedia, news, translations, documentation."""

from __future__ import annotations

import bz2
import gettext
import importlib.util
import re
from pathlib import Path

WIKIPEDIA = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
# Django's names of the locales by script; Babel knows them too.
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
MARKUP = re.compile(r"[%{<\0]")  # placeholders and tags; NUL separates the context of plural forms
PAGES = 40  # of Wikipedia


def wikipedia() -> str:
    """The text of the longest articles in gensim's test data."""
    from gensim.corpora.wikicorpus import extract_pages, filter_wiki

    with bz2.open(test_data(WIKIPEDIA)) as dump:
        pages = [text for _, text, _ in extract_pages(dump)]
    longest = sorted(pages, key=len)[-PAGES:]
    return re.sub(r"'{2,}|\s*\n\s*", " ", " ".join(map(filter_wiki, longest)))


def lee(name: str) -> list[str]:
    """News of the Lee corpus: "lee" has 50 documents, "lee_background" 300 others."""
    return test_data(f"{name}.cor").read_text("latin-1").splitlines()


def test_data(name: str) -> Path:
    """A file of gensim's test data."""
    return package("gensim") / "test" / "test_data" / name


def pythons_reference() -> dict[str, str]:
    """The language reference as `help()` shows it, by topic."""
    from pydoc_data.topics import topics

    return {name: topics[name] for name in sorted(topics)}


def messages(locale: str) -> str:
    """Django's messages in a language, in the order of its files."""
    found = []
    for path in sorted(package("django").glob(f"**/locale/{locale}/LC_MESSAGES/*.mo")):
        with path.open("rb") as file:
            catalog: dict[str, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        found += [text for key, text in catalog.items() if key and not MARKUP.search(text)]
    return " ".join(found)


def package(name: str) -> Path:
    """The folder of an installed package, which is not imported."""
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None, f"{name} is not installed"
    return Path(spec.origin).parent

"""Questions about paragraphs of Wikipedia, in many languages, as other people published them.

Nothing of them is in this repository. A folder has clones of theirs, and each file must match its
SHA-256. XQuAD has the same paragraphs in twelve languages, by professional translators. The others
have paragraphs of their own, so 240 are taken, five from each of 48 articles, as XQuAD has them.
Where that cannot be, as many as there are from each.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

PARAGRAPHS, ARTICLES = 240, 48
TITLE = " [SEP] "  # what ends the title of the article in JSQuAD's paragraphs
MARK = "\ufeff"  # a byte order mark


class Unavailable(Exception):
    """A file is missing or another one; the message says where to get it."""


@dataclass(frozen=True)
class Repository:
    """Where a set is published: on github.com, at a commit."""

    name: str
    commit: str

    @property
    def folder(self) -> str:
        """Of its clone."""
        return self.name.partition("/")[2]


XQUAD = Repository("google-deepmind/xquad", "7d30520c717524000f0d9d2f9c10a069acd9d285")
PIAF = Repository("etalab-ia/piaf-code", "86948a73b26498948e70ad92e4b9b0231eac81f7")
SQUAD_IT = Repository("crux82/squad-it", "86a19baebed654d07c4e790c07d39a02ceb6b15f")
SQUAD_PT = Repository("nunorc/squad-v1.1-pt", "da73fd9d7ae32ab063882c02e4be3bfda4a12193")
POQUAD = Repository("ipipan/poquad", "1cf5a6e9e4be76735b33cb5c2047972a4a0efb0f")
JGLUE = Repository("yahoojapan/JGLUE", "6f071c09316baae89c3d083a90985b4b1cb9968c")
KORQUAD = Repository("korquad/korquad.github.io", "61d7d6682948375dd8f06ef27e788fd19982af38")


@dataclass(frozen=True)
class Source:
    """The file of a language."""

    code: str  # ISO 639-1
    language: str
    dataset: str
    repository: Repository
    path: str
    sha256: str


def _xquad(code: str, language: str, sha256: str) -> Source:
    return Source(code, language, "XQuAD", XQUAD, f"xquad.{code}.json", sha256)


SOURCES = (
    _xquad("en", "English", "e4c57d1c9143aaa1c5d265ba5987a65f4e69528d2a98f29d6e75019b10344f29"),
    _xquad("es", "Spanish", "dcbae93ec3a9f4b9e78fd834a171d6f96c1a875e10e15b7530b7e4ef4971e37e"),
    _xquad("de", "German", "990b5d746746ed65ed4702ea5f35f99ffa4e2f1c390c07d003642acd937916f9"),
    _xquad("ro", "Romanian", "94f8d54e93ad2b7dd2e76dd921a666b5b8eff2d4379df9f179c42b445f09643f"),
    _xquad("tr", "Turkish", "92179a564774b7696100d144c1e10870d0a966b6fccbdd254a65b9d2ab1971cc"),
    _xquad("vi", "Vietnamese", "f619a1eb11fb42d3ab0834259e488a65f585447ef6154437bfb7199d85161a04"),
    _xquad("ru", "Russian", "208d5b1aa154c52b1b5c5eda16281e455e8fd198cdb9af3f469f0d6037d973bf"),
    _xquad("el", "Greek", "821cf0f88e73fa258fd2f548b19b6ec39f7025059e16f6f9fc8cd797c9c3663e"),
    _xquad("ar", "Arabic", "abdabd7afed5c635d99cca0f3f0d0c9d9ed0bc77451e963c2e4e0638c29e486d"),
    _xquad("hi", "Hindi", "df2cce3532b37e9beb8979704b5c9a4bf874358f105395a298b89427b43b9d24"),
    _xquad("zh", "Chinese", "691d0b3359bc6b8faa8de931dfdfe21d50a65861ae348e32a0d1a0190b0c8835"),
    _xquad("th", "Thai", "5cdda11d0e1e075f7872abf4e6ae830388ce7f617964d542308e9ae4257e0f43"),
    Source(
        "fr",
        "French",
        "PIAF",
        PIAF,
        "piaf-v1.0.json",
        "008229ccefa0195d7e809d777d33149cab03433059c9477bdbadb4838a277cd2",
    ),
    Source(
        "it",
        "Italian",
        "SQuAD-it",
        SQUAD_IT,
        "SQuAD_it-test.json.gz",
        "25986c617cc7d58e82e916755b8a5684e5efae69835332858a6534a304cd293c",
    ),
    Source(
        "pt",
        "Portuguese",
        "SQuAD-pt",
        SQUAD_PT,
        "docs/sample-v1.1-pt.json",
        "7f9dcf3dc518378cce1f922a358cfe70c90e6fffc025de10fc2328a09b766c7d",
    ),
    Source(
        "pl",
        "Polish",
        "PoQuAD",
        POQUAD,
        "data.json",
        "1625a6022b0f4347e4d724883e2a7336eb32827e172352eca96d903f33921814",
    ),
    Source(
        "ja",
        "Japanese",
        "JSQuAD",
        JGLUE,
        "datasets/jsquad-v1.3/valid-v1.3.json",
        "fb0a57a35281ff03bbe7f0e878cff5b577985fbe6fcb242e7e8ddb63d1c0ab11",
    ),
    Source(
        "ko",
        "Korean",
        "KorQuAD",
        KORQUAD,
        "dataset/KorQuAD_v1.0_dev.json",
        "25ffeb51e6c51ec02c071b60a10188e10005c144110f0d876b26079d80a35bdf",
    ),
)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, and the questions that it answers."""

    text: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class QuestionSet:
    """The paragraphs of a language."""

    source: Source
    articles: int
    paragraphs: list[Paragraph]

    def questions(self) -> Iterator[tuple[str, int]]:
        """Each question, with the number of its paragraph."""
        for number, paragraph in enumerate(self.paragraphs):
            for question in paragraph.questions:
                yield question, number


def read(source: Source, folder: Path) -> QuestionSet:
    """The set of a language, from the clones in `folder`. Raises Unavailable."""
    content = checked(source, folder)
    plain = gzip.decompress(content) if source.path.endswith(".gz") else content
    articles = [[*_paragraphs(one)] for one in json.loads(plain)["data"]]
    chosen = choose(articles)
    count = sum(not set(chosen).isdisjoint(article) for article in articles)
    return QuestionSet(source, count, chosen)


def checked(source: Source, folder: Path) -> bytes:
    """The file's bytes. Raises Unavailable if it is not there, or not the one that was measured."""
    path = folder / source.repository.folder / source.path
    name = source.repository.name
    cure = (
        f"In that folder: git clone https://github.com/{name} && "
        f"git -C {source.repository.folder} checkout {source.repository.commit}"
    )
    if not path.is_file():
        raise Unavailable(f"{path} is missing: {source.dataset}, in {source.language}. {cure}")
    content = path.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != source.sha256:
        raise Unavailable(f"{path} has the SHA-256 {found}, not {source.sha256}. {cure}")
    return content


def choose(articles: Sequence[Sequence[Paragraph]]) -> list[Paragraph]:
    """240 paragraphs, the first ones of the articles, as evenly as their lengths allow."""
    each = PARAGRAPHS // ARTICLES
    long = [article for article in articles if len(article) >= each]
    taken = long[:ARTICLES] if len(long) >= ARTICLES else articles
    rounds = zip_longest(*taken)  # the first of each, the second of each, …
    distinct = {one.text: one for each_first in rounds for one in each_first if one is not None}
    return [*distinct.values()][:PARAGRAPHS]


def _paragraphs(article: Any) -> Iterator[Paragraph]:
    """Those of an article that answer a question."""
    for one in article["paragraphs"]:
        questions = (ask["question"] for ask in one["qas"] if not ask.get("is_impossible"))
        asked = tuple(question.strip(MARK).strip() for question in questions)
        if asked:
            yield Paragraph(one["context"].rpartition(TITLE)[2].strip(MARK).strip(), asked)

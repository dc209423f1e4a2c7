"""A paraphrased question finds the right chunk, with its document, page, heading and offsets.

A dozen short documents of every format go through the real pipeline: the sandbox, the chunker, the
encoder, SQLite, the search. (`make bench-retrieval` asks 73 questions about 350 documents.)
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import docx
import pytest
from fpdf import FPDF

from handler.documents import extract
from handler.documents.sandbox import Sandbox
from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.ingestion.sources.files import FileReader
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import SqliteAddress
from handler.stores import open_store
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder, load_chunker

# Less than the model reads, so that each short section is a chunk of its own.
MAX_TOKENS = 64

VOLCANO = [
    (
        "Mount Etna on Sicily has been erupting for half a million years. Its slopes carry "
        "vineyards and orchards, since weathered lava makes a fertile soil, and farmers come back "
        "after each eruption to plant again on the old fields."
    ),
    (
        "Magma rises because it is lighter than the rock around it. On the way up the pressure "
        "falls, and dissolved gas forms bubbles, as in a bottle that is shaken and opened. Thick "
        "magma holds the bubbles back until it bursts."
    ),
    (
        "Seismometers on the flanks record small tremors day and night. When their number grows "
        "and the ground swells by some centimetres, the observatory warns the towns and the "
        "airport of Catania closes its runway because of ash."
    ),
]
TAX = [
    (
        "Whoever works at home may deduct six euros for each day, up to two hundred and ten days "
        "a year. A room of its own is no longer needed for it. The days should be noted in a "
        "calendar in case the tax office asks for them."
    ),
    (
        "Gifts to charities reduce the taxable income by up to a fifth of it. For small amounts "
        "the bank statement is enough as a proof; above three hundred euros the organisation has "
        "to issue a receipt, which is kept for a year."
    ),
]
LEASE = {
    "Rent": (
        "The tenant pays nine hundred euros on the third working day of each month by bank "
        "transfer. If a payment is more than two weeks late, the landlord may charge interest of "
        "five percent above the base rate for the delay."
    ),
    "Pets": (
        "Small animals in cages may be kept without asking. For dogs and cats the tenant needs a "
        "written permission, which can be refused only for a reason, such as a neighbour's "
        "allergy or a building that is not suitable."
    ),
    "Ending the contract": (
        "Either side may give notice in writing three months before the end of a month. When "
        "moving out, the rooms are handed over swept and with all keys; the deposit is paid back "
        "within six months, less the cost of damage."
    ),
}
FIRST_AID = {
    "Burns": (
        "Hold the burnt skin under cool running water for ten minutes and take off rings before "
        "it swells. Do not open blisters and put no butter or flour on them. Cover the place "
        "loosely with a clean cloth, and see a doctor."
    ),
    "Nosebleed": (
        "Let the person sit and lean forward, so that no blood is swallowed. Pinch the soft part "
        "of the nose for ten minutes without looking whether it has stopped, and put something "
        "cold on the neck. Call for help after half an hour."
    ),
}


class Question(NamedTuple):
    """A paraphrased query, and the result that must come first."""

    query: str
    filename: str
    beginning: str  # of the chunk
    page: int | None = None
    heading: str | None = None


QUESTIONS = [
    Question("how hot should the stove be for a loaf", "bread.md", "# Baking", heading="Baking"),
    Question(
        "how long do I have to press the paste by hand",
        "bread.md",
        "# Kneading",
        heading="Kneading",
    ),
    Question("why do eruptions explode", "volcano.pdf", "Magma rises", page=2),
    Question(
        "how do scientists notice that an outbreak is near", "volcano.pdf", "Seismometers", page=3
    ),
    Question("am I allowed to have a kitten in the flat", "lease.docx", "# Pets", heading="Pets"),
    Question(
        "when do I get my security money back",
        "lease.docx",
        "# Ending",
        heading="Ending the contract",
    ),
    # A chunk's heading is the one it begins under.
    Question("my tire is flat", "bicycle.html", "# Bicycle\n\n## Repairing", heading="Bicycle"),
    Question(
        "a dark espresso tastes harsh", "coffee.html", "## Roasting", heading="Coffee > Roasting"
    ),
    Question(
        "I touched a hot pan and my finger hurts", "first-aid.docx", "# Burns", heading="Burns"
    ),
    Question("how do insects tell their sisters where flowers are", "bees.txt", "A worker bee"),
    Question("how do the hive's inhabitants survive the cold", "bees.txt", "In winter"),
    Question("can the monarch and the castle go in one turn", "chess.txt", "A pawn"),
    Question("saving money with a home office", "tax.pdf", "Whoever works", page=1),
    Question("donating lowers what I owe the state", "tax.pdf", "Gifts", page=2),
    Question("a world that was discovered by calculation", "planets.csv", "planet: Neptune"),
    Question("frozen chunks circle a gas giant", "planets.csv", "planet: Saturn"),
    Question("do I need to change my login secret", "releases.jsonl", "version: 2.0"),
    Question("food allergies at work", "contacts.json", "canteen"),
]


def as_docx(sections: Mapping[str, str]) -> bytes:
    document, file = docx.Document(), io.BytesIO()
    for heading, text in sections.items():
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def as_pdf(pages: Sequence[str]) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, text=text)
    return bytes(pdf.output())


GENERATED: dict[str, Callable[[], bytes]] = {
    "volcano.pdf": lambda: as_pdf(VOLCANO),
    "tax.pdf": lambda: as_pdf(TAX),
    "lease.docx": lambda: as_docx(LEASE),
    "first-aid.docx": lambda: as_docx(FIRST_AID),
}
FILES = Path(__file__).with_name("documents")  # of the other formats
NAMES = sorted([*GENERATED, *(path.name for path in FILES.iterdir())])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("retrieval") / "documents"
    copytree(FILES, folder)
    for name, content in GENERATED.items():
        (folder / name).write_bytes(content())
    return folder


@pytest.fixture(scope="module")
def search(
    folder: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> VectorSearch:
    """The search operation on a store that holds the ingested documents."""
    address = SqliteAddress(str(tmp_path_factory.mktemp("store") / "documents.sqlite"))
    fingerprint = encoder.bundle.fingerprint
    store = open_store(address, fingerprint=fingerprint)
    chunker = load_chunker(encoder.tokenizer, max_tokens=MAX_TOKENS)
    with Sandbox() as sandbox:
        pipeline = Pipeline(FileReader(), store, DocumentEncoder(encoder, chunker, sandbox.extract))
        for name in NAMES:
            outcome = pipeline.reconcile(Change((folder / name).as_uri()))
            assert (outcome.result, outcome.error) == ("ingested", None)
    configured = ConfiguredStorage(address, fingerprint=fingerprint)
    # The questions share next to no word with their answers, and some with other chunks.
    return VectorSearch(encoder, configured, mode="vector")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.query)
def test_a_paraphrased_question_finds_the_right_chunk(
    question: Question, search: VectorSearch, folder: Path
) -> None:
    request = {"query": question.query, "max_num_results": 1}
    answer = search.search(None, request, RequestContext(request_id="test"))
    (found,) = json.loads(answer.body)["data"]
    chunk = found["content"][0]["text"]
    assert found["filename"] == question.filename
    assert chunk.startswith(question.beginning)
    assert (found["page"], found["heading"]) == (question.page, question.heading)
    # The offsets locate the chunk in the extracted text.
    content = (folder / question.filename).read_bytes()
    text = extract(content, name=question.filename, content_type=None).text
    assert text[found["start"] : found["end"]] == chunk


def test_every_document_has_a_question() -> None:
    assert {question.filename for question in QUESTIONS} == set(NAMES)

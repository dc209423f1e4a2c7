"""`minilm search QUERY`: search a store, without a server. As the API does, with its results."""

from __future__ import annotations

import argparse
import logging
import shutil
import textwrap
from typing import Any

import orjson

from handler.commands.arguments import ArgumentParser
from handler.commands.bundle import find_or_build_bundle
from handler.commands.failure import WRONG_USAGE, fail, reason_of, say
from handler.commands.filters import read_filters
from handler.commands.interruption import Interrupted, end, interruptible
from handler.commands.output import add_format_options, print_json, wants_json
from handler.commands.passage import wrapped
from handler.commands.store import add_store_option, is_missing, place_of, settings_with_store
from handler.commands.suggestions import ingest_command
from handler.commands.terminal import shown
from handler.digits import whole_number
from handler.errors import ApiError, NotFound, TryLater
from handler.limits import MAX_RESULTS
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import Settings
from handler.stores.catalog import VectorStoreItem
from handler.stores.ids import is_id
from handler.vector_stores.search import VectorSearch
from model_layer import ModelLayerError, load_encoder

EXAMPLES = """
minilm search "How do I rotate a key?"
minilm search E-2041 --mode text --limit 3
minilm search "annual report" --filter year=2024 --store papers.sqlite --json
"""
MAX_NAMED = 20  # vector stores
NARROWEST, WIDEST = 20, 100  # characters of a line of text


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        filters = read_filters(options.filter)
    except ValueError as error:
        return fail(str(error), status=WRONG_USAGE)
    try:
        settings = settings_with_store(options.store)
        address = settings.vector_store
        if address is None:
            return fail("VECTOR_STORE is empty, so there is no store; --store names one.")
        if is_missing(address):
            command = ingest_command("FOLDER", store=options.store)
            return fail(
                f"There is no store {place_of(address)} yet. `{command}` makes it from the files "
                "of a folder; --store names another one."
            )
        logging.getLogger("handler").setLevel(logging.CRITICAL)  # what failed is told below
        with interruptible():
            find_or_build_bundle(settings.precision)
            page = _search(options, filters, settings)
    except Interrupted as interrupted:
        end(interrupted.status, "Interrupted.")
    except (ApiError, TryLater, ModelLayerError, ValueError, OSError) as error:
        return fail(_reason(error))
    for warning in page.get("warnings", []):
        say(f"warning: {warning}")
    if not page["data"]:
        say(f"Nothing was found in {place_of(address)}.")
    elif wants_json(options):
        for result in page["data"]:
            print_json(result)
    else:
        _print(page["data"])
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        "search",
        "Search the documents of a store by meaning and by words, and print the passages that fit "
        "best. Each has its file, its score, and the text.",
        examples=EXAMPLES,
    )
    parser.add_argument("query", type=_query, metavar="QUERY", help="what to look for")
    add_store_option(parser)
    parser.add_argument(
        "--vector-store", metavar="ID", help="one that was made through the API (default: "
        "the documents of folders)",
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=_limit, default=10, metavar="N",
        help=f"results at most, 1 to {MAX_RESULTS} (default: 10)",
    )  # fmt: skip
    parser.add_argument(
        "--mode",
        choices=["hybrid", "vector", "text"],
        help="by meaning and words, by meaning, or by words (default: SEARCH_MODE, or else hybrid)",
    )
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="only documents with this attribute; may be repeated, and be != > >= < <= as well",
    )
    add_format_options(parser)
    return parser


def _query(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; say what to look for")
    return text


def _limit(text: str) -> int:
    number = whole_number(text)
    if number is None or not 1 <= number <= MAX_RESULTS:
        raise argparse.ArgumentTypeError(f"it is {text!r}; it can be 1 to {MAX_RESULTS}")
    return number


def _search(
    options: argparse.Namespace, filters: dict[str, Any] | None, settings: Settings
) -> dict[str, Any]:
    """The page of results. Raises ApiError."""
    # One query needs one thread, and the bundle's files were checked when they were written.
    encoder = load_encoder(precision=settings.precision, threads=1, verify=False)
    storage = ConfiguredStorage(settings.vector_store, fingerprint=encoder.bundle.fingerprint)
    _expect_vector_store(storage, options)
    search = VectorSearch(
        encoder, storage, truncate=settings.truncate, mode=options.mode or settings.search_mode
    )
    payload = {"query": options.query, "max_num_results": options.limit, "filters": filters}
    answer = search.search(options.vector_store, payload, RequestContext("search"))
    page: dict[str, Any] = orjson.loads(answer.body)
    return page


def _reason(error: Exception) -> str:
    """What a person can act on. Clients of a server are told less, and its log has the rest."""
    cause = error.__cause__
    return reason_of(cause if isinstance(cause, ApiError | TryLater) else error)


def _expect_vector_store(storage: ConfiguredStorage, options: argparse.Namespace) -> None:
    """Raise NotFound, with the vector stores that there are, if `--vector-store` is none of them.

    Without it, the documents of folders are searched.
    """
    asked = options.vector_store
    opened = storage.open()
    made = opened.catalog.page(VectorStoreItem, limit=MAX_NAMED)
    names = [f"{item.id} ({item.name})" if item.name else item.id for item in made]
    if asked is None:
        if not storage.has_source_store(opened):
            others = f"; --vector-store can be {', '.join(names)}" if names else ""
            raise NotFound(
                "No folder has been ingested into this store yet: "
                f"`{ingest_command('FOLDER', store=options.store)}` does that{others}."
            )
    elif asked != opened.source_store_id and not (
        is_id(asked) and opened.catalog.get(VectorStoreItem, asked)
    ):
        listed = ", ".join([opened.source_store_id, *names])
        raise NotFound(f"There is no vector store {asked}. There are: {listed}.")


def _print(results: list[dict[str, Any]]) -> None:
    """Each result for people: its place and score, and the passage below."""
    width = min(WIDEST, max(NARROWEST, shutil.get_terminal_size().columns))
    for number, result in enumerate(results, start=1):
        place = [result["filename"], result["heading"]]
        place.append(f"page {result['page']}" if result["page"] else None)
        facts = ", ".join(part for part in place if part)
        print(shown(f"{number}. {facts}  ({result['score']:.3f})"))
        text = "\n".join(part["text"] for part in result["content"])
        print(textwrap.indent(wrapped(text, width - 3), "   "))
        print()

"""`minilm text FILE`: what ingestion reads of a file.

Prints its text, and on standard error what is known of it. The exit status is 1 if the file cannot
be read. A text whose words the model does not know is shown, with a warning that ingestion refuses
it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from handler.commands.arguments import ArgumentParser
from handler.commands.bundle import find_or_build_bundle
from handler.commands.failure import WRONG_USAGE, fail
from handler.commands.interruption import Interrupted, end, interruptible
from handler.commands.output import print_json
from handler.commands.suggestions import text_command
from handler.commands.terminal import shown
from handler.documents.document import Document
from handler.documents.sandbox import Sandbox
from handler.errors import DocumentRejected, SourceUnreadable
from handler.ingestion.document_encoder import load_document_encoder
from handler.ingestion.sources.files import FileReader
from handler.settings import read_settings
from model_layer import ModelLayerError

EXAMPLES = """
minilm text report.pdf
minilm text page.html --json
"""


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if not options.path:
        return fail(f"Name the file: {text_command('FILE')}", status=WRONG_USAGE)
    try:
        path = Path(options.path).expanduser().resolve()
        if path.is_dir():
            return fail(f"{path} is a folder; `{text_command('FILE')}` reads one file.")
        if path.exists() and not path.is_file():  # a pipe would keep us waiting
            return fail(f"{path} is not a regular file.")
    except OSError as error:
        return fail(f"{options.path} cannot be accessed: {error.strerror}.")
    except (ValueError, RuntimeError) as error:  # RuntimeError: a loop, or no such home
        return fail(str(error))
    try:
        with interruptible():
            result: Document | DocumentRejected | None = _read(path)
    except Interrupted as interrupted:
        end(interrupted.status, "Interrupted.")
    except DocumentRejected as rejected:
        result = rejected
    except (ModelLayerError, SourceUnreadable, ValueError) as error:
        return fail(str(error))
    if result is None:
        if path.exists():
            return fail(f"{path} is a lock, a marker, or part of a vector store: it is not read.")
        return fail(f"There is no file {path}.")
    print_json(_described(result)) if options.json else _print(result)
    return 1 if isinstance(result, DocumentRejected) else 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        "text",
        "Print the text that ingestion reads of a file. What is known of the file goes to standard "
        "error.",
        examples=EXAMPLES,
    )
    parser.add_argument("path", nargs="?", metavar="FILE", help="the file")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _read(path: Path) -> Document | None:
    """The file's document; None if there is no file. Raises DocumentRejected and others."""
    found = FileReader().find(path.as_uri())
    if found is None:
        return None
    settings = read_settings(os.environ)
    find_or_build_bundle(settings.precision)
    with Sandbox(keep_boilerplate=settings.keep_boilerplate) as sandbox:
        return load_document_encoder(settings, sandbox).extract(found, name=path.name)


def _described(result: Document | DocumentRejected) -> dict[str, Any]:
    if isinstance(result, DocumentRejected):
        return {
            "status": "failed",
            "format": None,
            "charset": None,
            "text": "",
            "headings": [],
            "pages": None,
            "title": None,
            "attributes": {},
            "warnings": [],
            "last_error": {"code": result.code, "message": result.message},
        }
    return {
        "status": "completed",
        "format": result.format,
        "charset": result.charset,
        "text": result.text,
        "headings": [heading.text for heading in result.headings],
        "pages": len(result.pages) or None,
        "title": result.title,
        "attributes": dict(result.attributes),
        "warnings": list(result.warnings),
        "last_error": None,
    }


def _print(result: Document | DocumentRejected) -> None:
    if isinstance(result, DocumentRejected):
        print(shown(f"failed ({result.code}): {result.message}"), file=sys.stderr)
        return
    print(result.text)
    facts = [result.format, result.charset, result.pages and f"{len(result.pages):,} pages"]
    facts.append(f"{len(result.text):,} characters")
    print(f"completed: {', '.join(str(fact) for fact in facts if fact)}", file=sys.stderr)
    for warning in result.warnings:
        print(shown(f"warning: {warning}"), file=sys.stderr)

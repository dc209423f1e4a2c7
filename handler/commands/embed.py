"""`minilm embed TEXT…`: vectors of texts, as JSON lines or as a file of numpy."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from handler.commands.arguments import ArgumentParser
from handler.commands.bundle import find_or_build_bundle
from handler.commands.failure import WRONG_USAGE, fail, say
from handler.commands.interruption import Interrupted, end, interruptible
from handler.commands.output import add_format_options, wants_json
from handler.commands.vector_writers import Write, json_lines, numpy_file, preview
from handler.settings import Settings, read_settings
from model_layer import ModelLayerError, TextTooLong, load_encoder

EXAMPLES = """
minilm embed "a cat" "a dog" --json
minilm embed --file sentences.txt --output vectors.npy
cat sentences.txt | minilm embed > vectors.jsonl
"""
BATCH = 512  # texts encoded at a time, which bounds the memory
MAX_NAMED = 5  # texts that a warning names
NUMPY = ".npy"


@dataclass
class Remarks:
    """What there is to say of the texts, by their numbers from 1."""

    cut: list[int]
    empty: list[int]


def main(arguments: list[str]) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.texts and options.file:
        parser.error("give texts or --file, not both")
    if not (options.texts or options.file) and sys.stdin.isatty():
        return fail("Give texts, or --file FILE, or lines on standard input.", status=WRONG_USAGE)
    remarks = Remarks([], [])
    try:
        settings = read_settings(os.environ)
        with interruptible():
            find_or_build_bundle(settings.precision)
            count = _embed(options, settings, remarks)
    except Interrupted as interrupted:
        end(interrupted.status, "Interrupted.")
    except BrokenPipeError:
        raise  # the reader has seen enough
    except UnicodeDecodeError as error:
        return fail(f"The texts are not UTF-8: {error.reason} at byte {error.start}.")
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}." if error.filename else str(error))
    except (ModelLayerError, ValueError) as error:
        return fail(str(error))
    if not count:
        say("There was no text to embed.")
    _warn("cut to what the model reads", remarks.cut)
    _warn("empty, so the vector says nothing", remarks.empty)
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        "embed",
        "Embed texts: one vector of 384 numbers for each, in their order. Without texts and "
        "--file, the lines of standard input are the texts.",
        examples=EXAMPLES,
    )
    parser.add_argument("texts", nargs="*", metavar="TEXT", help="a text")
    parser.add_argument(
        "--file", metavar="FILE", help="a text a line, in UTF-8; - is standard input"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help=f"write to this file: an array if its name ends in {NUMPY}, else JSON lines",
    )
    parser.add_argument(
        "--truncate",
        choices=["END", "START", "NONE"],
        help="the part of a too long text to cut; NONE refuses it (default: TRUNCATE, or else END)",
    )
    add_format_options(parser)
    return parser


def _embed(options: argparse.Namespace, settings: Settings, remarks: Remarks) -> int:
    """Embed all texts, batch by batch. Returns their number."""
    encoder = load_encoder(precision=settings.precision, threads=settings.encoder_threads)
    truncate = options.truncate or settings.truncate
    done = 0
    with ExitStack() as stack:
        texts = stack.enter_context(_texts(options))
        write = stack.enter_context(_writer(options, columns=encoder.bundle.dimensions))
        # disable=None: a bar is for a terminal only
        bar = stack.enter_context(tqdm(unit=" texts", disable=None, leave=False))
        while batch := list(islice(texts, BATCH)):
            try:
                encoded = encoder.encode(batch, truncate=truncate)
            except TextTooLong as error:
                raise ValueError(
                    f"Text {done + error.index + 1} has {error.tokens} tokens; the model reads "
                    f"{error.limit}. Shorten it, or cut texts with --truncate END."
                ) from error
            write(batch, encoded)
            numbers = range(done + 1, done + len(batch) + 1)
            remarks.cut += [n for n, cut in zip(numbers, encoded.truncated, strict=True) if cut]
            remarks.empty += [n for n, text in zip(numbers, batch, strict=True) if not text.strip()]
            done += len(batch)
            bar.update(len(batch))
    return done


@contextmanager
def _texts(options: argparse.Namespace) -> Iterator[Iterator[str]]:
    if options.texts:
        yield iter(options.texts)
        return
    file = sys.stdin.fileno() if options.file in (None, "-") else options.file
    with open(file, encoding="utf-8-sig", closefd=file is options.file) as lines:
        yield (line.removesuffix("\n") for line in lines)


def _writer(options: argparse.Namespace, *, columns: int) -> AbstractContextManager[Write]:
    if options.output is None:
        return json_lines() if wants_json(options) else preview()
    if options.output.suffix == NUMPY:
        return numpy_file(options.output, columns=columns)
    return json_lines(options.output)


def _warn(what: str, numbers: list[int]) -> None:
    """A warning about the texts with these numbers, if there are any."""
    if len(numbers) == 1:
        say(f"warning: text {numbers[0]} is {what}")
    elif numbers:
        named = ", ".join(map(str, numbers[:MAX_NAMED]))
        more = ", …" if len(numbers) > MAX_NAMED else ""
        say(f"warning: {len(numbers):,} texts are {what}: {named}{more}")

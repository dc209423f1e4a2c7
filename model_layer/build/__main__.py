"""`python -m model_layer.build`: build the model bundle, unless it is up to date.

The bundle appears complete and verified, in one step, or not at all. One process builds at a time.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model_layer.artifacts import CL100K, MANIFEST, MODEL, TOKENIZER, WEIGHTS, read_bundle
from model_layer.build import graph, manifest, verify, vocabulary
from model_layer.build.errors import BuildError
from model_layer.build.fetch import fetch, kept, source_files
from model_layer.build.parameters import read_parameters
from model_layer.build.quantize import quantize
from model_layer.build.scratch import (
    end_at_signals,
    end_with_stdin,
    remove_abandoned,
    scratch_folder,
)
from model_layer.errors import BundleError
from model_layer.places import DEFAULT_BUNDLE, PRECISIONS, cache_folder
from model_layer.recipe import recipe


def up_to_date(folder: Path, precision: str) -> bool:
    """Whether the bundle in `folder` is undamaged and was built by the same recipe."""
    try:
        bundle = read_bundle(folder)
        bundle.verify()
        noted = json.loads(bundle.path(MANIFEST).read_bytes()).get("recipe")
    except BundleError:
        return False
    return bundle.precision == precision and noted == recipe()


def build(folder: Path, precision: str) -> float:
    """Build the bundle in `folder`; return its worst cosine with the reference vectors.

    If it raises BuildError, `folder` is as it was before.
    """
    sources = {file.name: fetch(file) for file in source_files()}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch_folder(folder.parent) as scratch:
        new = scratch / "new"
        new.mkdir()
        shutil.copyfile(sources["tokenizer.json"], new / TOKENIZER)
        parameters = read_parameters(sources["model.safetensors"])
        if precision == "int8":
            graph.build_graph(quantize(parameters, new / TOKENIZER), new / MODEL)
        else:
            graph.build_graph(parameters, new / MODEL)
        vocabulary.build_vocabulary(sources["cl100k_base.tiktoken"], new / CL100K)
        manifest.write_manifest(new, [MODEL, WEIGHTS, TOKENIZER, CL100K], precision)
        worst = verify.verify(new, precision)
        if folder.exists():
            folder.rename(scratch / "old")
        new.rename(folder)
    return worst


@contextmanager
def turn() -> Iterator[None]:
    """Wait until no other process of this user builds. The system ends the turn of a killed one."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another process that builds a model.", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m model_layer.build", description=__doc__)
    parser.add_argument("--output", type=Path, default=DEFAULT_BUNDLE, help="the bundle's folder")
    parser.add_argument("--precision", choices=PRECISIONS, default=PRECISIONS[0])
    parser.add_argument(
        "--end-with-stdin", action="store_true", help="end when standard input is closed"
    )
    options = parser.parse_args()
    if options.end_with_stdin:
        end_with_stdin()
    if up_to_date(options.output, options.precision):
        return 0
    started = time.monotonic()
    try:
        with turn():
            if up_to_date(options.output, options.precision):  # the other process has built it
                return 0
            for place in (options.output.parent, *(kept(file).parent for file in source_files())):
                remove_abandoned(place)
            worst = build(options.output, options.precision)
    except (BuildError, BundleError, OSError) as error:
        print(f"No model bundle was built. {error}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    print(f"Built {options.output} in {seconds:.0f} s.", end=" ")
    print(f"Worst cosine with sentence-transformers over the reference texts: {worst:.7f}.")
    return 0


if __name__ == "__main__":
    end_at_signals()
    sys.exit(main())

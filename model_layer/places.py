"""Where the model bundle is.

A checkout and an image have it beside the code, in `model_layer/bundle`. A package that pip has
installed has it in the user's cache, which outlives the environment (`uvx` makes new ones): a
folder for each recipe and precision, so that two installations do not build over each other.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, get_args

from model_layer.errors import BundleError
from model_layer.recipe import BUILD, recipe_id

Precision = Literal["int8", "fp32"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)  # the first is the default

DEFAULT_BUNDLE = Path(__file__).parent / "bundle"
# No package brings a template to where packages are installed; some bring a pyproject.toml.
IS_CHECKOUT = (Path(__file__).parents[1] / "template.yaml").is_file()

if IS_CHECKOUT:
    REBUILD = "Run `make model` to build it again."
elif BUILD.is_dir():
    REBUILD = "Run `minilm model` to build it again."
else:
    REBUILD = "Build the image again."


def cache_folder() -> Path:
    """The user's cache, for the files that were fetched and the bundles of installed packages.

    Raises BundleError if the user has no home folder, and XDG_CACHE_HOME is not set.
    """
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError as error:
        raise BundleError(
            "This user has no home folder for the model: set XDG_CACHE_HOME to a folder."
        ) from error
    return Path(base) / "minilm-lambda"


def bundle_folder(precision: Precision | None = None) -> Path:
    """The folder of the bundle, whether it is built or not.

    precision: of a bundle in the cache, int8 by default. Beside the code there is one bundle.
    """
    if IS_CHECKOUT or DEFAULT_BUNDLE.exists() or not BUILD.is_dir():
        return DEFAULT_BUNDLE
    return cache_folder() / "bundles" / f"{precision or PRECISIONS[0]}-{recipe_id()}"

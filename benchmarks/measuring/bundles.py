"""The model bundles under measurement: one for each precision that the build can make."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".venv-bench" / "bundles"


def bundle(precision: str) -> Path:
    """The folder of this precision's bundle, built unless it is up to date.

    Raises BuildError.
    """
    # Imported late: the peers' environments import this module and lack the build's packages.
    from model_layer.build.__main__ import build, up_to_date

    folder = FOLDER / precision
    if not up_to_date(folder, precision):
        build(folder, precision)
    return folder

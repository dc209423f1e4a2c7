"""The bundles that are measured: one for each precision the build can make."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[1] / ".venv-bench" / "bundles"


def bundle(precision: str) -> Path:
    """The folder of the bundle of this precision, built unless it is up to date.

    Raises BuildError if it cannot be built.
    """
    # Here, since the peers' environments, which have not what it imports, import this module.
    from model_layer.build.__main__ import build, up_to_date

    folder = FOLDER / precision
    if not up_to_date(folder, precision):
        build(folder, precision)
    return folder

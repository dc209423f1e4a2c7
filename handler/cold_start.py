"""Make the imports of `api` cheap: import this module before all others, and call `finish` last.

Imports take nearly all the time of a cold start, and nearly all objects that they make stay alive.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

# The garbage collector would scan these objects many times and find nothing to free.
gc.disable()

from handler.import_archive import close_archive, open_archive

# The image has all byte code in one file.
open_archive()

from pydantic import BaseModel

# FastAPI imports about forty models of OpenAPI's parts, which only /openapi.json needs. With this
# setting pydantic builds their validators at their first use. (docs.pydantic.dev, "defer_build")
BaseModel.model_config["defer_build"] = True

# Three of them FastAPI nevertheless builds itself, and 80 more as their parts.
REBUILD = BaseModel.__dict__["model_rebuild"]


def _rebuild(model: type[BaseModel], /, **options: Any) -> bool | None:
    """Wait for a model's first use: then pydantic asks, always with options."""
    built: bool | None = REBUILD.__func__(model, **options) if options else None
    return built


BaseModel.model_rebuild = classmethod(_rebuild)  # type: ignore[method-assign, assignment]

# Starlette imports a parser of forms, if there is one. Only uploads need it, and they import it
# themselves. (docs.python.org, "sys.modules": with None, an import raises ModuleNotFoundError)
PARSERS = [name for name in ("multipart", "python_multipart") if name not in sys.modules]
sys.modules.update(dict.fromkeys(PARSERS))  # type: ignore[arg-type]


def finish() -> None:
    """Collect garbage from here on, except among the objects that the imports have made."""
    for name in PARSERS:
        del sys.modules[name]
    BaseModel.model_rebuild = REBUILD  # type: ignore[method-assign]
    BaseModel.model_config.pop("defer_build", None)  # other packages may define models later
    close_archive()
    gc.freeze()
    gc.enable()

"""What makes the imports of `api` cheap. Imported before all others; `finish` comes after them.

At a cold start nearly all of the time is spent in imports, and nearly all of what they make stays.
"""

from __future__ import annotations

import gc

from pydantic import BaseModel

# The collector would look through all of it, many times, and find nothing to free.
gc.disable()

# FastAPI imports some forty models of OpenAPI's parts, which /openapi.json alone needs. Like this
# their validators are built when they are first used. (docs.pydantic.dev, "defer_build")
BaseModel.model_config["defer_build"] = True


def finish() -> None:
    """Collect garbage from here on, but do not look through what the imports have left."""
    BaseModel.model_config.pop("defer_build", None)  # models to come are none of ours
    gc.freeze()
    gc.enable()

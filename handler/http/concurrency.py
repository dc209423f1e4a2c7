"""Long work beside the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from handler.request_context import RequestContext

P = ParamSpec("P")
T = TypeVar("T")


async def run_off_loop(
    context: RequestContext, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call `function`, which takes long, on a thread, so that the loop can answer other requests.

    A request that is alone has no others beside it: its function runs here, without the switch.
    """
    if context.is_alone:
        return function(*args, **kwargs)
    return await run_in_threadpool(function, *args, **kwargs)

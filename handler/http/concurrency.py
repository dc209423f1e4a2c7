"""Long work beside the event loop: on threads, and only as long as its client waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from handler.errors import NotReady
from handler.http.admission import Admission, is_short
from handler.http.readiness import Readiness
from handler.request_context import RequestContext
from model_layer import CanaryResult

P = ParamSpec("P")
T = TypeVar("T")

# Bytes that are parsed in less time than handing them to a thread takes.
QUICK_BODY = 16_384
# In the `extensions` of a request's scope, if the server says by itself when a client hangs up: a
# function that takes what to call then, or None for nothing more.
HANG_UP = "handler.hang_up"
# Threads that mostly wait: for their turn at the model, or for a store.
SHORT_THREADS = 32
# A few keep all CPUs busy. With more, long requests would end no earlier, and each holds its texts
# and vectors.
LONG_THREADS_PER_CPU = 2


class ThreadPools:
    """Separate pools of threads, so that short requests do not wait behind long ones.

    cpus: how many texts are encoded at a time. The threads start when they are first needed.
    """

    def __init__(self, cpus: int) -> None:
        # As many as encode at a time: a busy one takes the next text without a switch of threads.
        # It is for what does nothing else, because what waits here waits for all before it.
        self.single = ThreadPoolExecutor(cpus, "single")
        self.short = ThreadPoolExecutor(SHORT_THREADS, "short")
        self.long = ThreadPoolExecutor(LONG_THREADS_PER_CPU * cpus, "long")
        # Parsing holds Python's lock: a second thread would gain nothing.
        self.parsing = ThreadPoolExecutor(1, "parsing")
        self.ready = ThreadPoolExecutor(1, "ready")
        self._others = 0  # requests of several texts that are being encoded

    @property
    def quick(self) -> ThreadPoolExecutor:
        """The pool for a request that encodes one short text and does nothing else.

        Beside requests of several texts, it waits for its turn among them: `single` has too few
        threads to get its share.
        """
        return self.short if self._others else self.single

    @contextmanager
    def encoding(self, texts: int) -> Iterator[ThreadPoolExecutor]:
        """The pool for a request with so many texts. Used on the event loop only."""
        if texts == 1:
            yield self.short
            return
        self._others += 1
        try:
            yield self.short if is_short(texts) else self.long
        finally:
            self._others -= 1


async def parse_body(
    request: Request, parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call `parse`, whose first argument is a request's body: here, if it is short."""
    body = args[0]
    assert isinstance(body, bytes)
    if len(body) <= QUICK_BODY:
        return parse(*args, **kwargs)
    return await run_in_turn(request, parse, *args, **kwargs)


async def run_in_turn(
    request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call `function`, which computes in Python, on the one thread that there is for that.

    As `run_off_loop`, for what gains nothing from several threads.
    """
    return await _run(request, _pools(request).parsing, function, *args, **kwargs)


async def encode_quickly_off_loop(
    request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call `function`, which encodes one short text and does nothing else.

    As `encode_off_loop`, with fewer switches of threads.
    """
    _admit(request, 1)
    return await _run(request, _pools(request).quick, function, *args, **kwargs)


async def encode_off_loop(
    request: Request, texts: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call `function`, which encodes that many texts, as `run_off_loop` does.

    Also raises TooBusy if too many texts are waiting.
    """
    _admit(request, texts)
    with _pools(request).encoding(texts) as pool:
        return await _run(request, pool, function, *args, **kwargs)


def _admit(request: Request, texts: int) -> None:
    context = _context(request)
    if not context.is_alone:
        admission: Admission = request.app.state.admission
        admission.admit_texts(texts, context)


async def check_readiness(request: Request) -> CanaryResult:
    """The model's readiness. Not held up by other requests."""
    readiness: Readiness = request.app.state.readiness
    if (fresh := readiness.fresh) is not None:
        return fresh
    return await _run(request, _pools(request).ready, readiness.check)


async def run_off_loop(
    request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call `function`, which waits, on a thread, so that the loop can answer other requests.

    A request that is alone has no others beside it: its function runs here, without the switch.
    Raises ClientDisconnect as soon as the client hangs up, and NotReady if the server stops. Both
    cancel the request's context, which ends the work on the thread.
    """
    return await _run(request, _pools(request).short, function, *args, **kwargs)


async def run_before_the_end(
    request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call `function` on a thread while the request's body is still to be read.

    `run_off_loop` would take what comes of the body, and only look whether the client hangs up.
    """
    if _context(request).is_alone:
        return function(*args, **kwargs)
    work = partial(function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pools(request).short, work)


async def _run(
    request: Request,
    pool: ThreadPoolExecutor,
    function: Callable[P, T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    context = _context(request)
    if context.is_alone:
        return function(*args, **kwargs)
    handed_over = time.perf_counter()

    def call() -> T:
        context.add_to_stage("wait", time.perf_counter() - handed_over)
        return function(*args, **kwargs)

    work = asyncio.get_running_loop().run_in_executor(pool, call)
    is_gone = False

    def hang_up() -> None:
        nonlocal is_gone
        is_gone = True
        work.cancel()  # the thread itself ends when it next asks

    try:
        with _watched(request, hang_up):
            return await work
    except asyncio.CancelledError as error:
        context.cancel()
        if is_gone:
            raise ClientDisconnect from error
        raise NotReady(
            "The server is stopping. Send the request again.", code="server_stopping"
        ) from error


@contextmanager
def _watched(request: Request, hang_up: Callable[[], None]) -> Iterator[None]:
    """Call `hang_up` if the client does inside the block."""
    extensions = request.scope.get("extensions") or {}
    if watch := extensions.get(HANG_UP):  # a task of its own takes longer
        watch["call"](hang_up)
        try:
            yield
        finally:
            watch["call"](None)
        return
    gone = asyncio.get_running_loop().create_task(_disconnect(request.receive))
    gone.add_done_callback(lambda one: None if one.cancelled() else hang_up())
    try:
        yield
    finally:
        gone.cancel()


async def _disconnect(receive: Receive) -> None:
    """Return when the client hangs up. What it still sends before is not needed."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _context(request: Request) -> RequestContext:
    context: RequestContext = request.state.context
    return context


def _pools(request: Request) -> ThreadPools:
    pools: ThreadPools = request.app.state.pools
    return pools

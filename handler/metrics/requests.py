"""What requests cost: how many, how long, how much text, and which were refused.

The access log calls `observe` at each request's end, which takes less than 10 µs.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from handler.metrics.children import Children
from handler.metrics.timings import Timings
from handler.request_context import RequestContext

# Seconds: a short text takes one millisecond, a request of 2,048 long ones half a minute.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class RequestMetrics:
    """The metrics of all requests. Written on the event loop only."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Children[Counter]:
            return Children(Counter(f"minilm_{name}", text, labels, registry=registry))

        def timings(name: str, text: str, label: str) -> Timings:
            made = Timings(f"minilm_{name}_duration_seconds", text, label, BUCKETS)
            registry.register(made)
            return made

        self._requests = counter(
            "requests", "Requests that have ended.", "route", "method", "status"
        )
        self._seconds = timings("request", "Time until the answer was sent.", "route")
        self._stages = timings("stage", "Time that requests spent in a stage.", "stage")
        self._refusals = counter("refusals", "Requests answered with an error.", "code")
        self._inputs = counter("inputs", "Texts in requests.", "route")
        self._tokens = counter("tokens", "Tokens of requests that the model has read.", "route")
        self._truncated = counter("truncated_inputs", "Texts that were cut.", "route")

    def observe(self, context: RequestContext, route: str, status: int) -> None:
        """Count a request that has ended."""
        seconds = context.milliseconds / 1000
        self._requests[route, str(context.method), str(status)].inc()
        self._seconds.observe(route, seconds)
        for stage, milliseconds in list(context.stages.items()):  # its threads may still write
            self._stages.observe(stage, milliseconds / 1000)
        if context.refusal:
            self._refusals[context.refusal,].inc()
        if context.inputs:
            self._inputs[route,].inc(context.inputs)
            self._tokens[route,].inc(context.tokens)
            if context.truncated:
                self._truncated[route,].inc(context.truncated)

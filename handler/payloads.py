"""What kind of event is it? Inferred from its shape."""

from __future__ import annotations

from typing import Any

from handler.errors import UnsupportedEvent

# EventBridge rules and schedules; EventBridge Scheduler; serverless-plugin-warmup
WARM_UP_SOURCES = ("aws.events", "aws.scheduler", "serverless-plugin-warmup")

UNDERSTOOD = (
    "API Gateway (HTTP API and REST API), Function URL and load balancer requests; "
    "an OpenAI embeddings request as the payload, {'input': …}, or a search request, "
    "{'query': …}; scheduled warm-up events"
)


def is_http(event: object) -> bool:
    """An HTTP request, from an API Gateway, a Function URL or a load balancer."""
    return isinstance(event, dict) and "requestContext" in event


def is_from_load_balancer(event: Any) -> bool:
    """Whether an HTTP event is an ALB's."""
    return isinstance(event, dict) and "elb" in event.get("requestContext", {})


def is_from_gateway(event: Any) -> bool:
    """Whether an HTTP event is an API Gateway's, which waits for so long and no longer."""
    if not isinstance(event, dict) or is_from_load_balancer(event):
        return False
    return ".lambda-url." not in str(event["requestContext"].get("domainName"))


def decodes_answers(event: object) -> bool:
    """Whether the answer to an HTTP event may be bytes, which travel as base64.

    REST APIs decode it for media types that they are told of only, and this cannot be seen from
    here. (docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html)
    """
    if not isinstance(event, dict):
        return False
    return "httpMethod" not in event or is_from_load_balancer(event)


def is_warm_up(event: object) -> bool:
    """A scheduled event, sent to keep an instance warm."""
    return isinstance(event, dict) and event.get("source") in WARM_UP_SOURCES


def is_direct(event: object) -> bool:
    """An OpenAI embeddings request, invoked without HTTP."""
    return isinstance(event, dict) and ("input" in event or "model" in event)


def is_direct_search(event: object) -> bool:
    """An OpenAI vector store search request, invoked without HTTP."""
    return isinstance(event, dict) and "query" in event


def unsupported(event: object) -> UnsupportedEvent:
    """The error for any other event. Names its keys, never its values."""
    if isinstance(event, dict):
        shape = f"an object with the keys {[str(key)[:40] for key in list(event)[:10]]}"
    else:
        shape = f"of type {type(event).__name__}"
    return UnsupportedEvent(f"The event is {shape}. This function understands: {UNDERSTOOD}.")

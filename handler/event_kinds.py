"""The kind of an invocation event, told by its shape. Does not answer events."""

from __future__ import annotations

from typing import Any

from handler.errors import UnsupportedEvent

# EventBridge rules and schedules; EventBridge Scheduler; serverless-plugin-warmup
WARM_UP_SOURCES = ("aws.events", "aws.scheduler", "serverless-plugin-warmup")
# lambda-warmer, which adds how many instances it wants; schedules written by hand
WARM_UP_FLAGS = ("warmer", "warmup", "warmUp")
WARM_UP_TEXT = "#warmup"  # thundra-lambda-warmup

UNDERSTOOD = (
    "API Gateway (HTTP API and REST API), Function URL and load balancer requests; "
    "an OpenAI embeddings request as the payload, {'input': …}, or a search request, "
    "{'query': …}; scheduled warm-up events"
)


def is_http(event: object) -> bool:
    """Whether the event is an HTTP request from an API Gateway, Function URL or load balancer.

    It has a method. All else may be missing or wrong, and the answer says so.
    """
    if not isinstance(event, dict):
        return False
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, dict) else None
    method = http.get("method") if isinstance(http, dict) else event.get("httpMethod")
    return isinstance(method, str) and bool(method)


def is_from_load_balancer(event: Any) -> bool:
    """Whether an HTTP event is from an Application Load Balancer."""
    context = event.get("requestContext") if isinstance(event, dict) else None
    return isinstance(context, dict) and "elb" in context


def is_from_gateway(event: Any) -> bool:
    """Whether an HTTP event is from an API Gateway, which gives up after a fixed time."""
    if not isinstance(event, dict) or is_from_load_balancer(event):
        return False
    return ".lambda-url." not in str(event["requestContext"].get("domainName"))


def decodes_answers(event: object) -> bool:
    """Whether the answer to an HTTP event may be bytes, which Lambda returns as base64.

    A REST API decodes base64 only for the media types in its configuration, which the event does
    not show.

    (docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html)
    """
    if not isinstance(event, dict):
        return False
    return "httpMethod" not in event or is_from_load_balancer(event)


def is_warm_up(event: object) -> bool:
    """Whether the event keeps an instance warm: a scheduled one, or that of a tool."""
    if not isinstance(event, dict):
        return isinstance(event, str) and event.startswith(WARM_UP_TEXT)
    source = event.get("source")
    if isinstance(source, str) and source in WARM_UP_SOURCES:
        return True
    is_request = is_direct(event) or is_direct_search(event)
    return not is_request and any(event.get(flag) is True for flag in WARM_UP_FLAGS)


def is_direct(event: object) -> bool:
    """Whether the event is an OpenAI embeddings request, without HTTP."""
    return isinstance(event, dict) and ("input" in event or "model" in event)


def is_direct_search(event: object) -> bool:
    """Whether the event is an OpenAI vector store search request, without HTTP."""
    return isinstance(event, dict) and "query" in event


def unsupported(event: object, understood: str = UNDERSTOOD) -> UnsupportedEvent:
    """The error for an event of any other kind. It names keys and never values.

    understood: the kinds that the function understands; by default, those of this module.
    """
    if isinstance(event, dict):
        shape = f"an object with the keys {[str(key)[:40] for key in list(event)[:10]]}"
    else:
        shape = f"of type {type(event).__name__}"
    return UnsupportedEvent(f"The event is {shape}. This function understands: {understood}.")

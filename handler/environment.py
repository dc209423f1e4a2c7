"""Values of environment variables. A wrong one is a ValueError that names it and what it can be.

A variable that is empty is as one that is not set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from handler.digits import whole_number

Environment = Mapping[str, str]

# What names and addresses look like: a pattern, and words for it. Services check them late, or not:
# a wrong namespace of metrics or name of a bucket would only be missed.
BUCKET = (r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]", "the name of a bucket, without s3://")
HOST = (r"\*|\[?[0-9A-Fa-f:.]+\]?|[^\s/:@?#\[\]]+", "a name without a scheme and a port, or *")
NAMESPACE = (r"[A-Za-z0-9._/#: -]{1,255}", "letters, digits, blanks and . - _ / # :")
QUEUE = (r"\S+", "the URL of a queue of SQS")
TABLE = (r"[A-Za-z0-9._:/-]{3,1024}", "the name of a table of DynamoDB")
Form = tuple[str, str]


def boolean(environment: Environment, name: str, *, default: bool) -> bool:
    """True or false."""
    value = environment.get(name) or str(default)
    if value.lower() not in ("true", "false"):
        raise ValueError(f"{name} is {value!r}; it can be true or false.")
    return value.lower() == "true"


def integer(environment: Environment, name: str, low: int, high: int) -> int | None:
    """A whole number from `low` to `high`; None if the variable is not set."""
    value = environment.get(name)
    if not value:
        return None
    number = whole_number(value)
    if number is None or not low <= number <= high:
        raise ValueError(f"{name} is {value!r}; it can be a whole number from {low} to {high}.")
    return number


def items(environment: Environment, name: str) -> list[str]:
    """The items between commas; none if the variable is not set."""
    value = environment.get(name, "")
    return [item.strip() for item in value.split(",")] if value else []


def text(environment: Environment, name: str, form: Form) -> str | None:
    """A text of the form; None if the variable is not set."""
    value = environment.get(name)
    return _checked(name, value, form) if value else None


def texts(environment: Environment, name: str, form: Form) -> tuple[str, ...]:
    """The items between commas, each of the form, without those that are empty."""
    return tuple(_checked(name, item, form) for item in items(environment, name) if item)


def _checked(name: str, value: str, form: Form) -> str:
    pattern, words = form
    if not re.fullmatch(pattern, value):
        raise ValueError(f"{name} is {value!r}; it can be {words}.")
    return value

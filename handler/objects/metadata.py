"""The texts and `metadata` of OpenAI's objects: what they may be."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from handler.limits import MAX_METADATA, MAX_METADATA_KEY, MAX_METADATA_VALUE
from handler.validation import kind_of, refused, shorten

RULE = (
    f"an object of at most {MAX_METADATA} pairs: keys of at most {MAX_METADATA_KEY} characters, "
    f"and strings of at most {MAX_METADATA_VALUE}"
)


def encodable(value: object) -> object:
    """The value. Refuses a text with half an emoji, which nothing can store."""
    try:
        if isinstance(value, str):
            value.encode()
        return value
    except UnicodeEncodeError:
        raise refused(
            "it must be text that can be stored; half an emoji (a lone surrogate) cannot"
        ) from None


def check_pairs(value: object, *, rule: str, most: int, longest_key: int) -> None:
    """Refuse what is no object of that many pairs, with keys of that many characters.

    rule: what the value must be, for the message.
    """
    if not isinstance(value, dict):
        raise refused(f"it must be {rule}")
    if len(value) > most:
        raise refused(f"it has {len(value)} pairs, and must be {rule}")
    for key in value:
        encodable(key)
        if not key or len(key) > longest_key or "\0" in key:
            raise refused(
                f"its key '{shorten(key)}' has {len(key)} characters, and must have 1 to "
                f"{longest_key}, none of them a zero byte"
            )


def key_schema(longest: int) -> dict[str, object]:
    """The JSON schema of a key of at most so many characters."""
    return {"minLength": 1, "maxLength": longest, "pattern": "^[^\\x00]*$"}


def _check(value: object) -> object:
    if value is None:
        return None
    check_pairs(value, rule=RULE, most=MAX_METADATA, longest_key=MAX_METADATA_KEY)
    assert isinstance(value, dict)
    for key, text in value.items():
        encodable(text)
        if not isinstance(text, str):
            raise refused(f"its '{key}' is {kind_of(text)}; it must be {RULE}")
        if len(text) > MAX_METADATA_VALUE:
            raise refused(f"its '{key}' has {len(text)} characters; it must be {RULE}")
    return value


Metadata = Annotated[
    dict[str, str] | None,
    BeforeValidator(_check),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "object",
                    "maxProperties": MAX_METADATA,
                    "propertyNames": key_schema(MAX_METADATA_KEY),
                    "additionalProperties": {"type": "string", "maxLength": MAX_METADATA_VALUE},
                },
                {"type": "null"},
            ]
        }
    ),
    Field(description="Pairs of your own, which the answers repeat."),
]

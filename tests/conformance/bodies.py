"""Bodies that OpenAI's schemas allow: each field left out, and at each end of what it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.conformance.specification import Specification

LONGEST = 64  # characters of a text whose length the schema does not limit
MANY = 3  # items of a list
COMPARISONS: list[dict[str, Any]] = [
    {"type": kind, "key": "Team", "value": value}
    for kind, values in {
        "eq": ["a", 1, 1.5, True],
        "ne": ["a", 1, False],
        **{kind: [1, 2.5, "2026-01-01"] for kind in ("gt", "gte", "lt", "lte")},
        **{kind: [["a", "b"], [1, 2.5], ["a", 1]] for kind in ("in", "nin")},
    }.items()
    for value in values
]
# What schemas of the specification do not say, and its prose does: how the fields of a filter go
# together, and that a field excludes another.
FILTERS = [
    *COMPARISONS,
    {"type": "and", "filters": COMPARISONS[:2]},
    {"type": "or", "filters": [{"type": "and", "filters": COMPARISONS[:2]}, COMPARISONS[3]]},
]
EXCLUDES = {"files": ("file_ids", "attributes", "chunking_strategy")}


class Bodies:
    """Makes bodies. known: a value that there is for a field, such as the id of a file."""

    def __init__(self, specification: Specification, known: Mapping[str, Any]) -> None:
        self._specification, self._known = specification, known

    def of(self, schema: dict[str, Any]) -> Iterator[Any]:
        """Values that the schema allows; the first is the plainest."""
        schema = self._specification.resolved(schema)
        for option in [each for key in ("anyOf", "oneOf", "allOf") for each in schema.get(key, ())]:
            if "type" in option or "$ref" in option:
                yield from self.of(option)
            elif option.get("nullable"):
                yield None
        if schema.get("enum"):
            yield from schema["enum"]
            return
        match schema.get("type"):
            case "object" if not (schema.get("anyOf") or schema.get("oneOf")) or (
                "properties" in schema
            ):
                yield from self._objects(schema)
            case "array":
                (first, *_) = self.of(schema["items"])
                yield [first]
                yield [first] * min(MANY, schema.get("maxItems", MANY))
            case "string":
                yield "text"
                yield "x" * min(LONGEST, schema.get("maxLength", LONGEST))
            case "integer" | "number":
                yield from {schema.get("minimum", 1), schema.get("maximum", 1)}
            case "boolean":
                yield from (True, False)
            case "null":
                yield None

    def _objects(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """An object with what is required, with each other field, and with all."""
        properties: dict[str, Any] = schema.get("properties", {})
        if not properties and isinstance(schema.get("additionalProperties"), dict):
            free = list(self.of(schema["additionalProperties"]))
            yield {}
            yield {f"key {number}": value for number, value in enumerate(free)}
            yield {"k" * schema.get("propertyNames", {}).get("maxLength", LONGEST): free[0]}
            return
        values = {name: self._values(name, each) for name, each in properties.items()}
        plain = {name: values[name][0] for name in schema.get("required", ())}
        if not plain and "file_ids" in values:
            plain = {"file_ids": values["file_ids"][0]} if schema.get("anyOf") else {}
        yield plain
        for name, choices in values.items():
            for choice in choices:
                left_out = EXCLUDES.get(name, ())
                rest = {key: value for key, value in plain.items() if key not in left_out}
                yield {**rest, name: choice}
        excluding = [name for name in values if name in EXCLUDES]
        yield {name: values[name][0] for name in values if name not in excluding}

    def _values(self, name: str, schema: dict[str, Any]) -> list[Any]:
        if name == "filters":
            return FILTERS
        if name in self._known:
            known = self._known[name]
            return [known]
        return list(self.of(schema))

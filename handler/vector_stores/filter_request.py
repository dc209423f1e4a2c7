"""The `filters` of a search request: what they may be, and the filter that stores take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import InitErrorDetails

from handler.limits import (
    MAX_ATTRIBUTE_NAME,
    MAX_FILTER_DEPTH,
    MAX_FILTER_ITEMS,
    MAX_FILTER_NUMBER,
    MAX_FILTER_STRING,
    MAX_FILTER_VALUES,
)
from handler.stores.filters import Comparator, Comparison, Compound, Filter
from handler.validation import must_be, refused

COMPARATORS = get_args(Comparator)
TYPES = (*COMPARATORS, "and", "or")


def _encodable(value: object) -> object:
    try:
        if isinstance(value, str):
            value.encode()
        return value
    except UnicodeEncodeError:
        raise refused(
            "it must be text that can be stored; half an emoji (a lone surrogate) cannot"
        ) from None


Key = Annotated[
    Annotated[str, Field(min_length=1, max_length=MAX_ATTRIBUTE_NAME, pattern="^[^\\x00]*$")],
    BeforeValidator(_encodable),
    must_be(f"the name of an attribute, of 1 to {MAX_ATTRIBUTE_NAME} characters"),
]
RANGE = f"from -{MAX_FILTER_NUMBER} to {MAX_FILTER_NUMBER}"
STRING = f"a string of at most {MAX_FILTER_STRING} characters"
String = Annotated[str, Field(max_length=MAX_FILTER_STRING)]
Number = Annotated[
    int | float,
    Field(ge=-MAX_FILTER_NUMBER, le=MAX_FILTER_NUMBER),
    WithJsonSchema({"type": "number", "minimum": -MAX_FILTER_NUMBER, "maximum": MAX_FILTER_NUMBER}),
]
Item = Annotated[
    String | Number, must_be(f"{STRING} or a number {RANGE}"), BeforeValidator(_encodable)
]
ListSize = Field(min_length=1, max_length=MAX_FILTER_ITEMS)


class FilterModel(BaseModel):
    """What all forms of filter share."""

    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _absent_is_null(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """A missing field is refused in the words for a null one."""
        return {**dict.fromkeys(cls.model_fields), **fields}


class ComparisonFilter(FilterModel):
    """A comparison of an attribute."""

    type: Comparator
    key: Key
    value: Any


class EqualityFilter(ComparisonFilter):
    """Whether an attribute equals a value, or differs from it."""

    type: Literal["eq", "ne"]
    value: Annotated[
        String | Number | bool,
        must_be(f"{STRING}, a number {RANGE} or a boolean"),
        BeforeValidator(_encodable),
    ]


class OrderFilter(ComparisonFilter):
    """Whether an attribute is above a value, or below it: as a number, or as text."""

    type: Literal["gt", "gte", "lt", "lte"]
    value: Annotated[
        String | Number,
        must_be(f"{STRING} or a number {RANGE}"),
        BeforeValidator(_encodable),
    ]


class MembershipFilter(ComparisonFilter):
    """Whether an attribute is one of several values, or none of them."""

    type: Literal["in", "nin"]
    value: Annotated[
        list[Item],
        ListSize,
        must_be(f"a list of 1 to {MAX_FILTER_ITEMS} strings or numbers"),
    ]


class CompoundFilter(FilterModel):
    """Whether all of its filters hold, or any of them."""

    type: Literal["and", "or"]
    filters: Sequence[ComparisonFilter | CompoundFilter]  # see `_filters`


def _check_type(value: object, types: tuple[str, ...]) -> object:
    """Refuse a value that no form of filter allows. The union's own errors would name no place."""
    if not isinstance(value, dict):
        raise refused('it must be an object, like {"type": "eq", "key": "source", "value": "…"}')
    kind = value.get("type")
    if isinstance(kind, str) and kind in types:
        return value
    if isinstance(kind, str) and kind in TYPES:
        raise refused(
            f"it is nested too deep: comparisons may be {MAX_FILTER_DEPTH} deep in `and` and `or`"
        )
    error = refused(f"it must be one of {', '.join(TYPES)}")
    place = InitErrorDetails(type=error, loc=("type",), input=kind)
    raise ValidationError.from_exception_data("filter", [place])


def _drop_discriminator(schema: dict[str, Any]) -> None:
    """Keep OpenAPI's `discriminator` out: tools read one type a model, and ours have several."""
    schema.pop("discriminator", None)


def _filters(depth: int) -> Any:
    """The type of a filter with at most `depth` compounds around a comparison.

    Each depth has a model of its own, so that /openapi.json states the limit, too.
    """
    forms: Any = EqualityFilter | OrderFilter | MembershipFilter
    types = TYPES if depth else COMPARATORS
    if depth:
        inner: Any = Annotated[
            list[_filters(depth - 1)],  # type: ignore[misc]
            ListSize,
            must_be(f"a list of 1 to {MAX_FILTER_ITEMS} filters"),
        ]
        forms |= create_model(
            f"CompoundFilter{depth}",
            __base__=CompoundFilter,
            __doc__=CompoundFilter.__doc__,
            filters=(inner, ...),
        )
    return Annotated[
        forms,
        Field(discriminator="type", json_schema_extra=_drop_discriminator),
        BeforeValidator(lambda value: _check_type(value, types)),
    ]


def _to_filter(model: ComparisonFilter | CompoundFilter) -> Filter:
    """The filter that stores take."""
    if isinstance(model, CompoundFilter):
        return Compound(model.type, tuple(map(_to_filter, model.filters)))
    value = tuple(model.value) if isinstance(model.value, list) else model.value
    return Comparison(model.key, model.type, value)


def _check_count(filters: Filter) -> Filter:
    if (count := _count_values(filters)) > MAX_FILTER_VALUES:
        raise refused(f"it has {count} values to compare with, and may have {MAX_FILTER_VALUES}")
    return filters


def _count_values(filters: Filter) -> int:
    if isinstance(filters, Compound):
        return sum(map(_count_values, filters.filters))
    return len(filters.value) if isinstance(filters.value, tuple) else 1


def _allow_empty(schema: dict[str, Any]) -> None:
    """State that {} is allowed, too."""
    schema["anyOf"].append({"type": "object", "maxProperties": 0})


if TYPE_CHECKING:
    Filters = Filter | None
else:
    # {} is no filter.
    Filters = Annotated[
        Annotated[
            _filters(MAX_FILTER_DEPTH), AfterValidator(_to_filter), AfterValidator(_check_count)
        ]
        | None,
        BeforeValidator(lambda value: None if value == {} else value),
        Field(json_schema_extra=_allow_empty),
    ]

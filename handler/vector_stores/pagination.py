"""The query parameters of lists, and the page that they ask for. Does not make pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.json_schema import SkipJsonSchema

from handler.limits import MAX_FILE_ID, MAX_PAGE
from handler.validation import invalid, must_be


def _digits(value: str) -> str:
    """Refuse " 5", "+5" and "5.0", which pydantic reads as numbers."""
    if not (value.isascii() and value.isdecimal()):
        raise ValueError
    return value


Id = Annotated[
    Annotated[str, Field(max_length=MAX_FILE_ID)] | SkipJsonSchema[None],
    AfterValidator(lambda value: value or None),  # an empty id is none
    must_be(f"an id, of {MAX_FILE_ID} characters at most"),
]


class Page(BaseModel):
    """The part of a list that a request asks for. Other parameters are ignored."""

    model_config = ConfigDict(frozen=True)

    limit: Annotated[
        Annotated[int, Field(ge=1, le=MAX_PAGE)],
        BeforeValidator(_digits),
        must_be(f"a whole number from 1 to {MAX_PAGE}"),
    ] = 20
    order: Annotated[Literal["asc", "desc"], must_be("one of asc, desc")] = "desc"
    status: Annotated[
        Literal["in_progress", "completed", "failed", "cancelled"] | SkipJsonSchema[None],
        Field(alias="filter"),
        must_be("one of in_progress, completed, failed, cancelled"),
    ] = None
    after: Id = None
    before: Id = None

    @property
    def descending(self) -> bool:
        """Whether larger ids come first."""
        return self.order == "desc"


def read_page(parameters: Mapping[str, str]) -> Page:
    """The page that the parameters ask for. Raises InvalidRequest naming the first wrong one."""
    try:
        return Page.model_validate(dict(parameters))
    except ValidationError as error:
        raise invalid(error) from error

"""The query parameters of lists, and the page that they ask for. Does not make pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.json_schema import SkipJsonSchema

from handler.digits import whole_number
from handler.errors import InvalidRequest
from handler.limits import MAX_ID, MAX_LIST_FILES, MAX_LIST_ITEMS
from handler.validation import invalid, must_be


def _number(value: object) -> int:
    """Refuse " 5", "+5" and "5.0", which pydantic reads as numbers."""
    number = whole_number(value) if isinstance(value, str) else None
    if number is None:
        raise ValueError
    return number


Id = Annotated[
    Annotated[str, Field(max_length=MAX_ID)] | SkipJsonSchema[None],
    AfterValidator(lambda value: value or None),  # an empty id is none
    must_be(f"an id, of {MAX_ID} characters at most"),
]

Order = Annotated[Literal["asc", "desc"], must_be("one of asc, desc")]
PURPOSES = (
    "assistants",
    "assistants_output",
    "batch",
    "batch_output",
    "evals",
    "fine-tune",
    "fine-tune-results",
    "user_data",
    "vision",
)


class Page(BaseModel):
    """The part of a list that a request asks for. Other parameters are ignored."""

    model_config = ConfigDict(frozen=True)

    limit: Annotated[
        Annotated[int, Field(ge=1, le=MAX_LIST_ITEMS)],
        BeforeValidator(_number),
        must_be(f"a whole number from 1 to {MAX_LIST_ITEMS}"),
    ] = 20
    order: Order = "desc"
    status: Annotated[
        Literal["in_progress", "completed", "failed", "cancelled"] | SkipJsonSchema[None],
        Field(alias="filter"),
        must_be("one of in_progress, completed, failed, cancelled"),
    ] = None
    after: Id = None
    before: Id = None

    @property
    def descending(self) -> bool:
        """Whether what came last comes first."""
        return self.order == "desc"


class FilePage(BaseModel):
    """The part of the list of files that a request asks for. Other parameters are ignored."""

    model_config = ConfigDict(frozen=True)

    limit: Annotated[
        Annotated[int, Field(ge=1, le=MAX_LIST_FILES)],
        BeforeValidator(_number),
        must_be(f"a whole number from 1 to {MAX_LIST_FILES}"),
    ] = MAX_LIST_FILES
    order: Order = "desc"
    after: Id = None
    purpose: Annotated[
        Literal[PURPOSES] | SkipJsonSchema[None],  # type: ignore[valid-type]
        must_be("one of " + ", ".join(PURPOSES)),
    ] = None

    @property
    def descending(self) -> bool:
        """Whether what came last comes first."""
        return self.order == "desc"


NAMES = {
    field.alias or name for page in (Page, FilePage) for name, field in page.model_fields.items()
}


def single(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The query parameters by name. Raises InvalidRequest if a page's parameter is repeated."""
    found: dict[str, str] = {}
    for name, value in parameters:
        if name in found and name in NAMES:
            raise InvalidRequest(
                f"'{name}' is in the query string twice; send it once.", param=name
            )
        found[name] = value
    return found


def read_page(parameters: Mapping[str, str]) -> Page:
    """The page that the parameters ask for. Raises InvalidRequest naming the first wrong one."""
    try:
        return Page.model_validate(dict(parameters))
    except ValidationError as error:
        raise invalid(error) from error


def read_file_page(parameters: Mapping[str, str]) -> FilePage:
    """The same of the list of files."""
    try:
        return FilePage.model_validate(dict(parameters))
    except ValidationError as error:
        raise invalid(error) from error

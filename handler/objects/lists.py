"""The models of all answers, and of lists."""

from __future__ import annotations

from typing import Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict


class ResponseModel(BaseModel):
    """What all answers share: validators are built at their first use."""

    model_config = ConfigDict(defer_build=True)


class Item(ResponseModel):
    """An item of a list."""

    id: str


AnyItem = TypeVar("AnyItem", bound=Item)


class ItemList(ResponseModel, Generic[AnyItem]):
    """OpenAI's list, with the ids that the pages before and after it are asked for by."""

    object: Literal["list"]
    data: list[AnyItem]
    first_id: str  # "" if there are no items: OpenAI's schema has no null here
    last_id: str
    has_more: bool

    @classmethod
    def of(cls, items: list[AnyItem], *, has_more: bool) -> Self:
        """The list of these items."""
        return cls(
            object="list",
            data=items,
            first_id=items[0].id if items else "",
            last_id=items[-1].id if items else "",
            has_more=has_more,
        )

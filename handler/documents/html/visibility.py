"""Whether an element is shown, by its tag and its own attributes. Reads no style sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handler.documents.html.style import declarations

NAVIGATION = {"navigation", "menu", "menubar"}  # roles
HIDING = re.compile("none|hidden", re.IGNORECASE)  # a first look
VISIBILITIES = {"hidden": False, "collapse": False, "visible": True}


def is_hidden(tag: str | None, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element's attributes hide it."""
    if tag == "dialog" and "open" not in attributes:
        return True
    if not attributes:
        return False
    if "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found":
        return True
    if "popover" in attributes or (attributes.get("aria-hidden") or "").lower() == "true":
        return True
    return "style" in attributes and _is_hidden_by(attributes["style"])


def visibility(attributes: Mapping[str, str | None]) -> bool | None:
    """Whether the text in an element is visible; None if the element does not say it itself.

    Unlike what is not displayed, an invisible element may hold a visible one.
    """
    style = attributes.get("style") if attributes else None
    if not style or "visib" not in style.lower():
        return None
    return VISIBILITIES.get(declarations(style).get("visibility", ""))


def is_navigation(tag: str | None, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element holds links around the site rather than the page's text."""
    return tag == "nav" or (attributes.get("role") or "").lower() in NAVIGATION


def _is_hidden_by(style: str | None) -> bool:
    if not style or not HIDING.search(style):
        return False
    declared = declarations(style)
    return declared.get("display") == "none" or declared.get("content-visibility") == "hidden"

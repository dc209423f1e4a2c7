"""Headers that list what a client accepts, with weights. (RFC 9110, section 12.4.2)"""

from __future__ import annotations

import re
from collections.abc import Sequence

QUALITY = re.compile(r"q\s*=\s*([01](?:\.[0-9]*)?)")


def weights(header: str) -> dict[str, float]:
    """The weight of each item, from 0 (not accepted) to 1. The items are in lower case.

    header: its lines, joined by commas. An invalid weight is 0. If an item is listed several
    times, its lowest weight counts.
    """
    found: dict[str, float] = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        found[name] = min(found.get(name, 1.0), _weight(parameters))
    return found


def _weight(parameters: Sequence[str]) -> float:
    qualities = [each for each in parameters if each.partition("=")[0].strip() == "q"]
    matches = map(QUALITY.fullmatch, qualities)
    return min((float(match[1]) if match else 0.0 for match in matches), default=1.0)

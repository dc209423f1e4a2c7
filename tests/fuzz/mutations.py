"""Changes of a JSON value, such as a body or an event, at places drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

OddValue = Callable[[random.Random], object]


def mutate(value: Any, rng: random.Random, odd_value: OddValue, *, times: int = 1) -> Any:
    """A copy of the value with that many changes: values, names and items replaced, gone, twice."""
    value = deepcopy(value)
    for _ in range(times):
        places = list(_places(value))
        if not places:
            return odd_value(rng)
        container, key = rng.choice(places)
        _change(container, key, rng, odd_value)
    return value


def _places(value: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    """Each item of each container: the container, and the key or the index in it."""
    if depth > 20 or not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else range(min(len(value), 50))
    inner = (place for key in keys for place in _places(value[key], depth + 1))
    return [*((value, key) for key in keys), *inner]


def _change(container: Any, key: Any, rng: random.Random, odd_value: OddValue) -> None:
    match rng.randrange(10):
        case 0:
            del container[key]
        case 1 if isinstance(container, dict):  # another name
            name = rng.choice((key.upper(), f"{key} ", key[:-1], "", f"{key}s", "__proto__"))
            container[name] = container.pop(key)
        case 1 | 2 if isinstance(container, list):
            container.insert(rng.randint(0, len(container)), odd_value(rng))
        case 2:  # an unknown name
            container[rng.choice(("extra", "user", "metadata", "\u0000", "a.b", ""))] = odd_value(
                rng
            )
        case 3:
            container[key] = [container[key]]
        case 4:
            container[key] = str(container[key])[:5_000]
        case 5 if isinstance(container, list):
            container.extend(container[key : key + 1] * rng.choice((1, 3, 40)))
        case _:
            container[key] = odd_value(rng)

"""The settings, read from the environment once, at cold start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MEMORY_PER_CPU = 1_769  # MB; docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html


@dataclass(frozen=True)
class Settings:
    """What can be set; README.md has the table."""

    accept_any_model: bool = True
    base_path: str = "/"
    encoder_threads: int | None = None  # None: the CPUs there are
    on_lambda: bool = False


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`. Raises ValueError naming the variable and what it accepts."""
    on_lambda = "AWS_LAMBDA_FUNCTION_NAME" in environment
    threads = _integer(environment, "ENCODER_THREADS", 1, 64)
    if threads is None and on_lambda:
        # The number of CPUs is not the share of them: that goes with the memory.
        memory = _integer(environment, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 1, 1 << 20) or 128
        threads = max(1, round(memory / MEMORY_PER_CPU))
    return Settings(
        accept_any_model=_boolean(environment, "ACCEPT_ANY_MODEL", default=True),
        base_path=environment.get("API_BASE_PATH") or "/",
        encoder_threads=threads,
        on_lambda=on_lambda,
    )


def _boolean(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environment.get(name) or str(default)
    if value.lower() not in ("true", "false"):
        raise ValueError(f"{name} is {value!r}; it can be true or false.")
    return value.lower() == "true"


def _integer(environment: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    value = environment.get(name)
    if not value:
        return None
    if not value.isdecimal() or not low <= int(value) <= high:
        raise ValueError(f"{name} is {value!r}; it can be a whole number from {low} to {high}.")
    return int(value)

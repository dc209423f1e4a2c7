"""Every import is of a package that pyproject.toml or requirements/ declares.

Does not check versions: requirements/*.txt lock them.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.paths import ROOT

OURS = {"handler", "model_layer", "deployment", "website", "tests", "benchmarks"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
# Each folder of code, and the dependency groups that it may import from.
GROUPS = {
    "handler": ["lint"],
    "model_layer": ["lint"],
    "deployment": ["test"],
    "website": ["docs", "test"],
    "tests": ["test", "lint"],
    "benchmarks": ["test", "lint"],
}
# Modules that only the benchmarks' environments have, with the distribution that brings them.
BENCHMARKS_ONLY = {
    "optimum": "optimum-intel",
    "pptx": "python-pptx",
    "scipy": "sentence-transformers",
    "transformers": "sentence-transformers",
}


def imports(path: Path) -> Iterator[str]:
    """The top-level modules that a file imports anywhere, without Python's own and ours."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in OURS:
                yield top


def declared(requirement: str) -> set[str]:
    """The distributions that a requirement names: `a[b]` is `a`, and `a-b` if that is a package."""
    found = re.match(r"([\w.-]+)(?:\[([\w,-]+)\])?", requirement)
    assert found, requirement
    name, extras = normal(found[1]), (found[2] or "").split(",")
    return {name, *(f"{name}-{normal(extra)}" for extra in extras)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared_for(folder: str) -> set[str]:
    requirements = [*PROJECT["project"]["dependencies"]]
    for group in GROUPS[folder]:
        requirements += PROJECT["dependency-groups"][group]
    if folder in ("benchmarks", "tests"):  # tests/golden/make_golden.py runs in .venv-bench
        for environment in ("bench", "infinity", "openvino"):
            lines = (ROOT / "requirements" / f"{environment}.txt").read_text().splitlines()
            requirements += [line for line in lines if line[:1].isalnum()]
    return {name for requirement in requirements for name in declared(requirement)}


@cache
def distributions() -> dict[str, set[str]]:
    """The installed distributions that have each top-level module."""
    return {top: set(map(normal, names)) for top, names in packages_distributions().items()}


@pytest.mark.parametrize("folder", GROUPS)
def test_every_imported_package_is_declared(folder: str) -> None:
    known = declared_for(folder)
    undeclared = {
        f"{path.relative_to(ROOT)}: {top}"
        for path in (ROOT / folder).rglob("*.py")
        for top in imports(path)
        if not distributions().get(top, {normal(BENCHMARKS_ONLY.get(top, top))}) & known
    }
    assert undeclared == set()

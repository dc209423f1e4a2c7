"""Arrows between packages point one way, and an entry loads no more than it needs.

The contracts of the first are in pyproject.toml; for the second, fresh interpreters import the
entries. How long files and functions may be is checked here, too.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import model_layer
from tests.paths import ROOT

SOURCES = sorted(
    path for room in ("handler", "model_layer", "website") for path in (ROOT / room).rglob("*.py")
)
PAGE = sorted((ROOT / "handler" / "page").iterdir())
HANDLER = [path for path in SOURCES if path.is_relative_to(ROOT / "handler")]
MAX_FILE, MAX_FUNCTION = 300, 40  # lines


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_contracts_of_import_linter_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_front_door_is_complete() -> None:
    tree = ast.parse(Path(model_layer.__file__).read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert sorted(model_layer.__all__) == sorted(one.name for node in imports for one in node.names)


@pytest.mark.parametrize("path", HANDLER, ids=name_of)
def test_status_codes_are_in_one_file(path: Path) -> None:
    if path.name == "error_handlers.py":
        return
    tree = ast.parse(path.read_text())
    packages = set(packages_imported_by(tree))
    assert "http" not in packages
    if packages & {"fastapi", "starlette", "mangum"}:  # elsewhere 500 is another limit
        constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        assert not [value for value in constants if value in range(400, 600)]


def packages_imported_by(tree: ast.Module) -> Iterator[str]:
    """The top-level packages, those imported inside functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_and_functions_are_short(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= MAX_FILE
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert [node.name for node in functions if length_of(node) > MAX_FUNCTION] == []


@pytest.mark.parametrize("path", PAGE, ids=name_of)
def test_files_and_functions_of_the_page_are_short(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= MAX_FILE
    # A function of a module or a method of a class: from its first line to the brace below it.
    functions = [
        found[0] for found in re.finditer(r"^( *).*\) \{\n(?:.*\n)*?\1\}", source, re.MULTILINE)
    ]
    assert [text for text in functions if len(text.splitlines()) > MAX_FUNCTION] == []


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def loaded_by(module: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after importing `module`."""
    program = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return set(done.stdout.split())


def test_importing_the_api_loads_no_boto3_no_build_tools_and_no_readers() -> None:
    loaded = loaded_by("handler.api")
    assert {"fastapi", "mangum", "onnxruntime"} <= loaded
    build = {"onnx", "safetensors", "tiktoken", "torch", "tqdm"}
    clients = {"boto3", "botocore", "huggingface_hub", "requests", "httpx", "transformers"}
    readers = {"chardet", "chardetng_py", "docx", "lxml", "pypdfium2", "selectolax"}
    ingestion = {"semantic_text_splitter", "tenacity"}
    local = {"apsw", "sqlite_vec", "uvicorn"}
    assert not loaded & (build | clients | readers | ingestion | local)


def test_importing_ingestion_loads_no_web_framework() -> None:
    loaded = loaded_by("handler.ingest")
    assert {"boto3", "onnxruntime"} <= loaded
    assert not loaded & {"fastapi", "starlette", "mangum", "pydantic", "uvicorn", "sqlite_vec"}


def test_importing_the_model_layer_loads_no_web_framework() -> None:
    strangers = {"fastapi", "starlette", "pydantic", "mangum", "boto3", "onnx", "safetensors"}
    assert not loaded_by("model_layer") & strangers


def test_onnxruntime_sends_no_telemetry(tmp_path: Path) -> None:
    """Its telemetry, on by default, would leave an identifier in the cache and start a thread."""
    program = "import model_layer as m; m.load_encoder(threads=1, verify=False).encode(['a'])"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ORT_")}
    environment["ORT_DISABLE_TELEMETRY"] = "0"  # whatever somebody has set
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []

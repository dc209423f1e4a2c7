"""Arrows point one way: handler → model_layer's front door; leaves import nothing of ours.

The first half reads the imports, the second looks at what a fresh interpreter has loaded.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import model_layer
from tests.paths import ROOT

HANDLER = sorted((ROOT / "handler").rglob("*.py"))
MODEL_LAYER = sorted(
    path for path in (ROOT / "model_layer").rglob("*.py") if "build" not in path.parts
)
BUILD = sorted((ROOT / "model_layer" / "build").rglob("*.py"))
LEAVES = [
    ROOT / "handler" / f"{name}.py"
    for name in ("settings", "errors", "limits", "logs", "cold_start", "stores/filters")
]


def imported(path: Path) -> set[str]:
    """The modules that a file imports, those inside functions included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            if node.module in ("handler", "model_layer", "handler.http.routes"):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def under(names: set[str], *packages: str) -> set[str]:
    return {name for name in names if name.split(".")[0] in packages}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODEL_LAYER + BUILD, ids=name_of)
def test_model_layer_knows_no_http_and_no_aws(path: Path) -> None:
    strangers = ("handler", "fastapi", "starlette", "pydantic", "mangum", "boto3", "botocore")
    assert not under(imported(path), *strangers)


@pytest.mark.parametrize("path", MODEL_LAYER + HANDLER, ids=name_of)
def test_nothing_at_run_time_imports_the_build(path: Path) -> None:
    names = imported(path)
    assert not {name for name in names if name.startswith("model_layer.build")}
    assert not under(names, "onnx", "safetensors", "torch", "tiktoken")


@pytest.mark.parametrize("path", HANDLER, ids=name_of)
def test_handler_uses_the_front_door_only(path: Path) -> None:
    door = {"model_layer"} | {f"model_layer.{name}" for name in model_layer.__all__}
    assert under(imported(path), "model_layer") <= door


@pytest.mark.parametrize("path", LEAVES, ids=name_of)
def test_leaves_import_nothing_of_ours(path: Path) -> None:
    assert not under(imported(path), "handler", "model_layer")


@pytest.mark.parametrize("path", HANDLER, ids=name_of)
def test_search_and_ingestion_meet_in_the_stores_only(path: Path) -> None:
    others = {"search": "ingestion", "ingestion": "search"}
    if path.parent.name in others:
        stranger = f"handler.{others[path.parent.name]}"
        assert not {name for name in imported(path) if name.startswith(stranger)}
    if path.parent.name in (*others, "stores", "documents"):
        assert not {name for name in imported(path) if name.startswith("handler.http.routes")}


@pytest.mark.parametrize("path", HANDLER, ids=name_of)
def test_status_codes_are_in_one_file(path: Path) -> None:
    if path.name == "error_handlers.py":
        return
    assert not under(imported(path), "http")
    if under(imported(path), "fastapi", "starlette", "mangum"):  # elsewhere 500 is another limit
        numbers = [
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and node.value in range(400, 600)
        ]
        assert not numbers


def test_the_front_door_is_complete_and_sorted() -> None:
    assert model_layer.__all__ == sorted(model_layer.__all__)
    assert all(hasattr(model_layer, name) for name in model_layer.__all__)


@pytest.mark.parametrize("path", HANDLER + MODEL_LAYER + BUILD, ids=name_of)
def test_no_file_is_over_300_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def loaded_by(module: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after importing `module`."""
    program = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return set(done.stdout.split())


def test_importing_the_api_loads_no_boto3_and_no_build_tools() -> None:
    loaded = loaded_by("handler.api")
    assert {"fastapi", "mangum", "onnxruntime"} <= loaded
    strangers = {"boto3", "botocore", "onnx", "safetensors", "tiktoken", "torch", "uvicorn"}
    strangers |= {"huggingface_hub", "transformers", "requests", "httpx", "apsw", "sqlite_vec"}
    assert not loaded & strangers


def test_importing_ingestion_loads_no_web_framework() -> None:
    loaded = loaded_by("handler.ingest")
    assert {"boto3", "onnxruntime"} <= loaded
    assert not loaded & {"fastapi", "starlette", "mangum", "pydantic", "uvicorn", "sqlite_vec"}


def test_importing_the_model_layer_loads_no_web_framework() -> None:
    assert not loaded_by("model_layer") & {"fastapi", "starlette", "pydantic", "mangum", "boto3"}


def test_importing_the_api_loads_nothing_that_only_ingestion_needs() -> None:
    readers = {"charset_normalizer", "docx", "lxml", "pypdfium2", "selectolax"}
    assert not loaded_by("handler.api") & (readers | {"semantic_text_splitter", "tenacity"})


def test_onnxruntime_does_not_report_to_anybody(tmp_path: Path) -> None:
    """Its telemetry, on by default, would leave an identifier in the cache and start a thread."""
    program = "import model_layer as m; m.load_encoder(threads=1, verify=False).encode(['a'])"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ORT_")}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []

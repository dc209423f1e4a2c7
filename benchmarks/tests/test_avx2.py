"""AVX-512 is hidden from all libraries, or it is said why it cannot be."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from benchmarks.measuring import machine
from benchmarks.measuring.avx2 import environment
from benchmarks.measuring.avx2.environment import Impossible, avx2_only, library
from benchmarks.measuring.machine import instruction_set
from benchmarks.measuring.processes import ROOT

PRODUCTS = 64  # in a sum, of 255 × 127
MULTIPLY = """
import sys
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
print(session.run(None, {"a": np.full((1, 64), 255, np.uint8)})[0].max())
"""
CODE = "import orjson.orjson as code; print(code.__file__)"


@pytest.fixture(scope="module")
def hidden() -> dict[str, str]:
    try:
        return avx2_only()
    except Impossible as reason:
        pytest.skip(f"AVX-512 cannot be hidden: {reason}")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An int8 product with the largest weights."""
    weights = helper.make_tensor(
        "b",
        TensorProto.INT8,
        [PRODUCTS, 16],
        np.full((PRODUCTS, 16), 127, np.int8).tobytes(),
        raw=True,
    )
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["a", "b"], ["sums"])],
        "product",
        [helper.make_tensor_value_info("a", TensorProto.UINT8, [1, PRODUCTS])],
        [helper.make_tensor_value_info("sums", TensorProto.INT32, [1, 16])],
        [weights],
    )
    path = tmp_path_factory.mktemp("product") / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), path)
    return path


def run(*command: str | Path, **added: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **added}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )


def test_onnxruntime_saturates_as_it_does_on_cpus_with_avx2_alone(
    hidden: dict[str, str], product: Path
) -> None:
    """It adds pairs of products in 16 bits there (decision 003)."""
    multiply = (sys.executable, "-c", MULTIPLY, product)
    assert int(run(*multiply, **hidden).stdout) == PRODUCTS // 2 * 32_767
    if instruction_set() == "avx512_vnni":
        assert int(run(*multiply).stdout) == PRODUCTS * 255 * 127


def test_the_command_runs_another_one_and_its_children_so(
    hidden: dict[str, str], product: Path
) -> None:
    wrapped = (sys.executable, "-m", "benchmarks.measuring.avx2", "sh", "-c")
    multiply = f"'{sys.executable}' -c '{MULTIPLY}' {product}"
    assert int(run(*wrapped, multiply).stdout) == PRODUCTS // 2 * 32_767


@pytest.mark.usefixtures("hidden")
@pytest.mark.skipif(not shutil.which("objdump"), reason="there is no objdump to compare with")
def test_cpuid_is_found_where_a_disassembler_finds_it() -> None:
    """Its two bytes inside another instruction must stay as they are."""
    program = (sys.executable, "-c", CODE)
    switches = {"AVX2_ONLY_PATCH": "1", "AVX2_ONLY_DEBUG": "1"}
    listed = run(*program, **avx2_only(), **switches)
    file = listed.stdout.strip()
    lines = [line.split() for line in listed.stderr.splitlines()]
    found = {address for _, name, address, what in lines if (name, what) == (file, "cpuid")}
    code = run("objdump", "-d", "--no-show-raw-insn", file).stdout.splitlines()
    expected = {line.split(":")[0].strip() for line in code if line.split()[1:] == ["cpuid"]}
    assert found == expected
    assert found


def test_the_reason_is_said_without_a_compiler(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "FOLDER", tmp_path)
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(Impossible, match="there is no C compiler"):
        library()


def test_the_reason_is_said_on_arm64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(Impossible, match="of the kind aarch64, not x86-64"):
        avx2_only.__wrapped__()


def test_the_reason_is_said_without_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    with pytest.raises(Impossible, match="not glibc's"):
        environment.libc()


@pytest.mark.usefixtures("hidden")
def test_an_older_loader_binds_all_functions_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise every call between libraries would go through its audit."""
    monkeypatch.setattr(environment, "libc", lambda: (2, 34))
    assert avx2_only.__wrapped__()["LD_BIND_NOW"] == "1"


def test_a_graviton_is_named_by_its_number_and_priced_as_arm64(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    graviton = {"Features": "fp asimd asimddp", "CPU implementer": "0x41", "CPU part": "0xd0c"}
    monkeypatch.setattr(machine, "facts", lambda: graviton)
    assert machine.machine().startswith("aarch64 (implementer 0x41, part 0xd0c); asimddp; Python")
    assert (machine.architecture(), machine.instruction_set()) == ("arm64", "arm64")


@pytest.mark.parametrize(
    ("flags", "expected"), [("avx2", "avx2"), ("avx2 avx512f avx512_vnni", "avx512_vnni")]
)
def test_int8_peers_are_set_up_for_what_the_cpu_has(
    flags: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(machine, "facts", lambda: {"flags": flags})
    assert machine.instruction_set() == expected

"""The CPUs of a container are those of its quota, in either version of control groups."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from model_layer import load_encoder
from model_layer.cpus import usable_cpus

V1 = "4:memory:/x\n3:cpu,cpuacct:/docker/abc\n0::/\n"
V2 = "0::/system.slice/app.service\n"


@pytest.fixture(autouse=True)
def eight_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


def root(folder: Path, cgroup: str, files: Mapping[str, str]) -> Path:
    """A root with what the kernel says in these files below /sys/fs/cgroup."""
    for name, text in {"proc/self/cgroup": cgroup, **files}.items():
        path = folder / (name if name.startswith("proc") else f"sys/fs/cgroup/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def v1(folder: str, quota: str, period: str = "100000\n") -> dict[str, str]:
    return {f"{folder}/cpu.cfs_quota_us": quota, f"{folder}/cpu.cfs_period_us": period}


@pytest.mark.parametrize(
    ("quota", "cpus"),
    [
        *(("max 100000\n", 8), ("200000 100000\n", 2), ("150000 100000\n", 2)),
        *(("50000 100000\n", 1), ("1600000 100000\n", 8), ("nonsense\n", 8)),
    ],
)
def test_a_started_share_counts(tmp_path: Path, quota: str, cpus: int) -> None:
    assert usable_cpus(root(tmp_path, "0::/\n", {"cpu.max": quota})) == cpus


def test_the_smallest_quota_of_all_around_it_holds(tmp_path: Path) -> None:
    files = {
        "system.slice/cpu.max": "300000 100000\n",
        "system.slice/app.service/cpu.max": "max 100000\n",
    }
    assert usable_cpus(root(tmp_path, V2, files)) == 3
    files["system.slice/app.service/cpu.max"] = "100000 50000\n"
    assert usable_cpus(root(tmp_path, V2, files)) == 2


@pytest.mark.parametrize(("quota", "cpus"), [("-1\n", 8), ("250000\n", 3)])
@pytest.mark.parametrize("folder", ["cpu,cpuacct", "cpu,cpuacct/docker/abc"])
def test_the_older_version_is_read_inside_and_outside_of_a_container(
    tmp_path: Path, folder: str, quota: str, cpus: int
) -> None:
    assert usable_cpus(root(tmp_path, V1, v1(folder, quota))) == cpus


def test_other_systems_have_no_quota(tmp_path: Path) -> None:
    assert usable_cpus(tmp_path) == 8


def test_the_encoder_has_a_thread_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_layer.cpus.usable_cpus", lambda: 3)
    assert load_encoder(verify=False).threads == 3

"""The kernel's files, as Linux and its containers write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from behavtest.models.host_memory import host_free

GB = 2**30


@pytest.fixture
def machine(tmp_path):
    """Write a kernel's files: those of a machine with 8 GB to be had, and of control groups."""

    def write(groups: str = "0::/", **files: str):
        (tmp_path / "proc" / "self").mkdir(parents=True)
        (tmp_path / "proc" / "meminfo").write_text(
            f"MemTotal:       16777216 kB\nMemAvailable:    {8 * GB // 1024} kB\n"
        )
        (tmp_path / "proc" / "self" / "cgroup").write_text(groups)
        for name, text in files.items():
            file = tmp_path / "cgroup" / name.replace("__", "/").replace("_dot_", ".")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return host_free(tmp_path / "proc", tmp_path / "cgroup")

    return write


def test_a_machine_without_control_groups(machine):
    assert machine("") == 8 * GB


def test_a_container_of_version_two(machine):
    free = machine(
        memory_dot_max=f"{4 * GB}\n",
        memory_dot_current=f"{3 * GB}\n",
        memory_dot_stat=f"anon 5\ninactive_file {GB}\n",
    )
    assert free == 2 * GB, "file pages that can be dropped are free"


def test_a_group_without_a_limit(machine):
    assert machine(memory_dot_max="max\n", memory_dot_current="5\n") == 8 * GB


def test_a_group_within_one_that_has_less(machine):
    free = machine(
        "0::/outer/inner\n",
        outer__inner__memory_dot_max=f"{6 * GB}",
        outer__inner__memory_dot_current="0",
        outer__memory_dot_max=f"{4 * GB}",
        outer__memory_dot_current=f"{GB}",
    )
    assert free == 3 * GB


def test_a_group_of_version_one(machine):
    free = machine(
        "3:cpu,cpuacct:/job\n4:memory:/job\n0::/\n",
        memory__job__memory_dot_limit_in_bytes=f"{2 * GB}",
        memory__job__memory_dot_usage_in_bytes=f"{GB}",
        memory__job__memory_dot_stat=f"total_inactive_file {GB // 2}\n",
        cpu__job__memory_dot_limit_in_bytes="1",
        cpu__job__memory_dot_usage_in_bytes="0",
    )
    assert free == 3 * GB // 2


def test_a_container_that_is_shown_the_hosts_path(machine):
    free = machine(
        "4:memory:/docker/0123\n",
        memory__memory_dot_limit_in_bytes=f"{GB}",
        memory__memory_dot_usage_in_bytes="0",
    )
    assert free == GB


def test_a_group_over_its_limit_has_nothing_left(machine):
    assert machine(memory_dot_max="100", memory_dot_current="200") == 0


def test_a_system_that_tells_nothing(tmp_path):
    assert host_free(tmp_path, tmp_path) is None


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="Linux tells, others do not")
def test_this_machine():
    free = host_free()
    assert free is not None
    assert free > 2**20

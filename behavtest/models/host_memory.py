"""How much of the machine's own memory is left, in a container or outside one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")


def host_free(proc: Path = _PROC, cgroups: Path = _CGROUPS) -> int | None:
    """Measure the bytes that this process may still take without swapping or being killed.

    On Linux that is what the kernel estimates for the machine (``MemAvailable``), or what the
    process's control groups have left, if less: a container sees the whole machine's memory but is
    killed at its own limit. File pages that would be dropped on demand count as free.

    Args:
        proc: The kernel's view of processes.
        cgroups: Where control groups are mounted.

    Returns:
        Bytes; None on a system that does not tell.
    """
    known = [_available(proc), *(_left(group) for group in _groups(proc, cgroups))]
    return min((size for size in known if size is not None), default=None)


def _available(proc: Path) -> int | None:
    kilobytes = _entry(proc / "meminfo", "MemAvailable:")
    return None if kilobytes is None else kilobytes * 1024


def _groups(proc: Path, cgroups: Path) -> Iterator[Path]:
    """Yield the folders of this process's memory group and of those it lies in.

    Inside a container the paths are often the host's and lead nowhere; the mount itself is then
    the container's group.
    """
    for line in _read(proc / "self" / "cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers or "memory" in controllers.split(","):
            root = cgroups / controllers
            for folder in (root / path.lstrip("/"), *(root / path.lstrip("/")).parents):
                if folder.is_relative_to(root):
                    yield folder


def _left(group: Path) -> int | None:
    """Return what a group has left of its limit: version 2's files, or version 1's."""
    for limit_file, usage_file, dropped in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        limit, usage = _number(group / limit_file), _number(group / usage_file)
        if limit is not None and usage is not None:
            reclaimable = _entry(group / "memory.stat", dropped) or 0
            return max(0, limit - max(0, usage - reclaimable))
    return None


def _number(file: Path) -> int | None:
    text = _read(file).strip()
    return int(text) if text.isdigit() else None


def _entry(file: Path, name: str) -> int | None:
    """Find ``name`` at the start of a line and return the number after it."""
    for line in _read(file).splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == name and words[1].isdigit():
            return int(words[1])
    return None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""

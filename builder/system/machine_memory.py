"""The memory of this machine, or of this container, and what a process holds of it.

The limits of a container (cgroups, versions 1 and 2) count as the machine's memory: a process that
exceeds them is killed, however much the machine has. What a process holds is counted without the
pages of files that it has mapped, which the system takes back whenever it needs them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

_ROOT = Path("/")
_RECLAIMABLE = ("inactive_file", "active_file", "slab_reclaimable")
"""Memory of a group that the system reclaims before it kills a process."""
_HELD = re.compile(r"^(?:RssAnon|RssShmem):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Memory:
    """Of the machine, in bytes.

    Attributes:
        total: All of it.
        available: What can be used before the system kills a process.
    """

    total: int
    available: int

    @property
    def used(self) -> int:
        """What is in use, by whatever."""
        return self.total - self.available


@dataclass(frozen=True, slots=True)
class _Files:
    """The names that a version of cgroups gives its files."""

    limit: str
    usage: str
    prefix: str


_V1 = _Files("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
_V2 = _Files("memory.max", "memory.current", "")


def machine_memory(root: Path = _ROOT) -> Memory:
    """The memory that there is for our processes.

    Args:
        root: Where `/proc` and `/sys` are.
    """
    machine = psutil.virtual_memory()
    total, available = machine.total, machine.available
    for folder, files in _groups(root):
        limit, usage = _number(folder / files.limit), _number(folder / files.usage)
        if limit is None or usage is None or limit >= machine.total:
            continue
        counts = _counts(folder / "memory.stat")
        reclaimable = sum(counts.get(files.prefix + name, 0) for name in _RECLAIMABLE)
        total = min(total, limit)
        available = min(available, max(limit - usage + reclaimable, 0))
    return Memory(total, min(available, total))


def held_by(process: psutil.Process) -> int:
    """Bytes that a process holds for itself; what it shares with others counts as well.

    Raises:
        psutil.Error: It is gone, or another person's.
    """
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        status = ""
    held = [int(kilobytes) for kilobytes in _HELD.findall(status)]
    return sum(held) * 1024 if held else process.memory_info().rss


def _groups(root: Path) -> Iterator[tuple[Path, _Files]]:
    """The folders of the groups that this process is in, from its own up to the outermost."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    mounts = root / "sys/fs/cgroup"
    for line in lines:
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if "memory" in controllers.split(","):
            mount, files = mounts / "memory", _V1
        elif number == "0" and not controllers:
            mount, files = mounts, _V2
        else:
            continue
        own = Path(path.lstrip("/"))
        # Within a container the path may be that of outside; the mount is then the own group.
        for part in (own, *own.parents):
            if ".." not in part.parts:
                yield mount / part, files


def _number(path: Path) -> int | None:
    """The number in a file; None where there is none, or it says `max`."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _counts(path: Path) -> Mapping[str, int]:
    try:
        pairs = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    except (OSError, ValueError):
        return {}
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}

"""The machine's memory within a container, and what a process holds without the files it maps."""

import mmap
from pathlib import Path

import psutil
import pytest

from builder.system.machine_memory import Memory, held_by, machine_memory

GB = 10**9
TOTAL, AVAILABLE = 64 * GB, 40 * GB


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = type("Memory", (), {"total": TOTAL, "available": AVAILABLE})
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)


def group(folder: Path, files: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        (folder / name).write_text(f"{value}\n")


def version_2(root: Path, path: str, limit: object, usage: int, stat: str = "") -> None:
    (root / "proc/self").mkdir(parents=True, exist_ok=True)
    (root / "proc/self/cgroup").write_text("0::/user/train\n")
    files = {"memory.max": limit, "memory.current": usage, "memory.stat": stat}
    group(root / "sys/fs/cgroup" / path, files)


def version_1(root: Path, path: str, limit: int, usage: int, stat: str = "") -> None:
    (root / "proc/self").mkdir(parents=True, exist_ok=True)
    (root / "proc/self/cgroup").write_text("9:name=systemd:/\n4:cpu,memory:/docker/f00\n0::/\n")
    files = {
        "memory.limit_in_bytes": limit,
        "memory.usage_in_bytes": usage,
        "memory.stat": stat,
    }
    group(root / "sys/fs/cgroup/memory" / path, files)


def test_without_groups_it_is_the_machine(tmp_path: Path) -> None:
    assert machine_memory(tmp_path) == Memory(TOTAL, AVAILABLE)
    assert machine_memory(tmp_path).used == 24 * GB


@pytest.mark.parametrize("path", ["user/train", "user", ""])
def test_a_limit_of_version_2_counts_wherever_it_stands(tmp_path: Path, path: str) -> None:
    version_2(tmp_path, "user/train", "max", 3 * GB)
    stat = f"anon {2 * GB}\ninactive_file {GB}\nactive_file {GB // 2}\nshmem 5\n"
    version_2(tmp_path, path, 8 * GB, 5 * GB, stat)
    assert machine_memory(tmp_path) == Memory(8 * GB, 4 * GB + GB // 2)


@pytest.mark.parametrize("path", ["docker/f00", ""])
def test_a_limit_of_version_1_counts_also_where_the_path_is_that_of_outside(
    tmp_path: Path, path: str
) -> None:
    version_1(tmp_path, path, 8 * GB, 7 * GB, f"total_inactive_file {GB}\ninactive_file 9\n")
    assert machine_memory(tmp_path) == Memory(8 * GB, 2 * GB)


def test_the_narrowest_limit_counts(tmp_path: Path) -> None:
    version_2(tmp_path, "user", 16 * GB, 15 * GB)
    version_2(tmp_path, "user/train", 8 * GB, 2 * GB)
    assert machine_memory(tmp_path) == Memory(8 * GB, GB)


@pytest.mark.parametrize("limit", [2**63 - 4096, TOTAL])
def test_a_limit_that_is_none_changes_nothing(tmp_path: Path, limit: int) -> None:
    version_1(tmp_path, "docker/f00", limit, 30 * GB)
    assert machine_memory(tmp_path) == Memory(TOTAL, AVAILABLE)


def test_a_full_group_has_nothing_left(tmp_path: Path) -> None:
    version_2(tmp_path, "user/train", 8 * GB, 9 * GB, "inactive_file x\n\n")
    assert machine_memory(tmp_path) == Memory(8 * GB, 0)


def test_mapped_files_are_not_what_a_process_holds(tmp_path: Path) -> None:
    process = psutil.Process()
    file = tmp_path / "images.npy"
    file.write_bytes(bytes(50_000_000))
    before, before_all = held_by(process), process.memory_info().rss
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as pages:
        assert sum(pages[place] for place in range(0, len(pages), mmap.PAGESIZE)) == 0
        assert process.memory_info().rss > before_all + 40_000_000
        assert held_by(process) < before + 5_000_000
    # Mapped, not allocated: what earlier tests have freed would be taken again.
    with mmap.mmap(-1, 50_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as own:
        own.write(b"\1" * len(own))
        assert held_by(process) > before + 40_000_000

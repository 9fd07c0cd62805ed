"""What may import what; import-linter holds the levels of the packages (pyproject.toml)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.sources import PACKAGES, ROOT, nodes, sources, tree

WORKER = "builder.worker"
EXPORTED = {f"builder.codegen.keras.{part}_functions" for part in ("data", "training")}
"""Are read as text for exported scripts, and import what these import."""
HEAVY = {"tensorflow", "keras"}

IMPORT_ALL = """
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(path: Path) -> frozenset[str]:
    """The dotted names of everything that a file imports, wherever in the file."""

    def found() -> Iterator[str]:
        for node in nodes(path):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                assert not node.level, f"{path}: imports are absolute"
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    return frozenset(found())


def in_worker(name: str) -> bool:
    return name == WORKER or name.startswith(f"{WORKER}.")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_worker_is_never_imported(package: str) -> None:
    for path in sources(package):
        if not in_worker(module_name(path)):
            assert not any(in_worker(name) for name in imports(path)), path


def test_sources_of_exported_scripts_are_never_imported() -> None:
    assert {module_name(path) for path in sources("builder")} > EXPORTED
    for package in PACKAGES:
        for path in sources(package):
            assert module_name(path) in EXPORTED or not EXPORTED & imports(path), path


def test_only_the_worker_imports_keras() -> None:
    for package in PACKAGES:
        for path in sources(package):
            if not in_worker(module_name(path)) and module_name(path) not in EXPORTED:
                assert not {n.partition(".")[0] for n in imports(path)} & HEAVY, path


def test_the_core_imports_no_browser_code() -> None:
    for path in sources("builder"):
        assert "streamlit" not in {name.partition(".")[0] for name in imports(path)}, path


@pytest.mark.slow
def test_importing_the_whole_core_stays_light() -> None:
    """Also through other libraries: what counts is what the process holds in the end."""
    names = [module_name(path) for path in sources("builder")]
    heavy = {name for name in names if in_worker(name)} | EXPORTED
    light = [name for name in names if name not in heavy and not name.endswith("__main__")]
    assert len(light) > 50
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL.format(names=light)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {*run.stdout.split()} & (HEAVY | {"streamlit"})


def test_the_scan_sees_imports_of_all_kinds(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text("def late():\n    from builder import worker\nimport keras.layers\n")
    assert imports(path) == {"builder", "builder.worker", "keras.layers"}


def test_files_are_locked_in_one_place_and_nothing_begins_with_what_windows_lacks() -> None:
    lacking = {"fcntl", "resource", "pwd", "grp", "termios"}
    for package in PACKAGES:
        for path in sources(package):
            names = imports(path)
            assert "fcntl" not in names or module_name(path) == "builder.system.locks", path
            top = tree(path).body
            first = {a.name for node in top if isinstance(node, ast.Import) for a in node.names}
            first |= {
                node.module for node in top if isinstance(node, ast.ImportFrom) and node.module
            }
            assert not first & lacking, path


def test_an_error_of_the_disk_is_worded_in_one_place() -> None:
    """Who needs the sentence asks `builder.system.disk_errors`, which knows of full disks too."""
    for package in PACKAGES:
        for path in sources(package):
            if module_name(path) != "builder.system.disk_errors":
                assert "strerror" not in path.read_text("utf-8"), path

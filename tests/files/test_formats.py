"""Every format: golden files of each version are read, and today's is what is written.

A new version without its golden file, its migration or its sample fails here. With
`--update-goldens` the files of today's versions are written anew; those of earlier ones never are.
"""

import csv
import importlib
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from builder.checks import speeds
from builder.documents.recent import Recent
from builder.system.formats import Format, declared
from tests.files.format_cases import CASES, SPEED

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
HOMES = ROOT / "tests" / "golden_homes"

NO_FORMAT = (
    *("*.lock", "LATEST", "log.txt", "note.txt", "train.py", "history.csv", ".reserve"),
    *("*.keras", "*.npy", "variables.npz", "*.sqlite-wal", "*.sqlite-shm"),
)
"""What needs no version: plain text, tables for other programs, and files of others' formats."""


def formats() -> Iterator[Format]:
    """Those of all modules, whoever has imported them."""
    for path in sorted((ROOT / "builder").rglob("*.py")):
        if re.search(r"\bdeclare\(", path.read_text("utf-8")):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    yield from declared()


FORMATS = {each.name: each for each in formats()}
VERSIONS = [
    (each.name, version)
    for each in FORMATS.values()
    for version in range(each.first, each.version + 1)
]


def golden(name: str, version: int) -> Path:
    return GOLDEN / name.replace(" ", "_") / str(version)


def plain(path: Path) -> Any:
    """What a file holds, as far as it is the same whenever it is written."""
    if path.suffix == ".json":
        found = json.loads(path.read_bytes())
        return {key: value for key, value in found.items() if key not in ("bytes", "digest")}
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name].tolist() for name in arrays.files}
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as database:
            named = "SELECT name FROM sqlite_master WHERE type = 'table'"
            tables = [name for (name,) in database.execute(named)]
            columns = {
                t: [c[1] for c in database.execute(f"PRAGMA table_info({t})")] for t in tables
            }
            info = dict(database.execute("SELECT * FROM info")) if "info" in tables else {}
            return columns | {"info rows": info}
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def holds(written: Any, known: Any) -> bool:
    """Whether all that a golden file holds is written; a value with a default may be added."""
    if isinstance(known, dict) and isinstance(written, dict):
        inner = cast(dict[str, Any], known)
        return all(name in written and holds(written[name], inner[name]) for name in inner)
    if isinstance(known, list) and isinstance(written, list):
        pairs = cast(list[Any], written), cast(list[Any], known)
        return len(pairs[0]) == len(pairs[1]) and all(map(holds, *pairs))
    return written == known


def files(folder: Path) -> list[Path]:
    kept = ("*.json", "*.npz", "*.csv", "*.sqlite")
    found = [path for kind in kept for path in folder.rglob(kind)]
    return sorted(path.relative_to(folder) for path in found if path.name != "variables.npz")


def test_every_format_has_a_sample() -> None:
    assert FORMATS.keys() == CASES.keys()


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_every_version_is_read(name: str, version: int, tmp_path: Path) -> None:
    case = CASES[name]
    assert golden(name, version).is_dir(), f"there is no golden file of version {version}"
    folder = tmp_path / "copy"
    shutil.copytree(golden(name, version), folder)
    assert case.read(folder) == case.older.get(version, case.expected)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_the_newest_golden_file(
    name: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    CASES[name].write(tmp_path)
    target = golden(name, FORMATS[name].version)
    if pytestconfig.getoption("--update-goldens"):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(tmp_path, target, ignore=shutil.ignore_patterns("*.lock"))
    assert files(tmp_path) == files(target) != []
    for path in files(target):
        written, known = plain(tmp_path / path), plain(target / path)
        assert holds(written, known), f"{path}: raise the version of {name} and add its migration"


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_says_its_version(name: str, tmp_path: Path) -> None:
    CASES[name].write(tmp_path)
    version = FORMATS[name].version
    contents = [plain(tmp_path / path) for path in files(tmp_path)]
    if name == "table of predictions":
        return  # its columns say it
    if name == "gradients":
        assert {"learning_layers", "layer_gradients"} <= contents[0].keys()
        return
    said = [each.get("info rows", each).get("version") for each in contents]
    assert said == [version]


def test_each_file_of_a_data_folder_is_of_a_format() -> None:
    patterns = [pattern for each in FORMATS.values() for pattern in each.files]
    homes = list(HOMES.glob("*/home"))
    assert homes
    for home in homes:
        for path in home.rglob("*"):
            inside = path.relative_to(home).as_posix().removeprefix("trash/")
            if path.is_file() and not any(fnmatch(path.name, kind) for kind in NO_FORMAT):
                assert any(fnmatch(inside, pattern) for pattern in patterns), inside


@pytest.mark.parametrize("pattern", [p for each in FORMATS.values() for p in each.files])
def test_each_pattern_is_of_one_format(pattern: str) -> None:
    """A checkpoint's state is none of a run's: a star of `fnmatch` takes any number of folders."""
    depth = pattern.count("/")
    same = [p for each in FORMATS.values() for p in each.files if p.count("/") == depth]
    assert [other for other in same if fnmatch(pattern.replace("*", "x"), other)] == [pattern]


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("recent.json", lambda home: Recent(home).note("one")),
        (speeds.SPEEDS, lambda home: speeds.note(home, SPEED)),
    ],
    ids=["recent", "speeds"],
)
def test_what_a_later_version_keeps_stays_as_it_is(
    tmp_path: Path, name: str, note: Callable[[Path], None]
) -> None:
    (tmp_path / name).write_text('{"version": 99}')
    note(tmp_path)
    assert (tmp_path / name).read_text() == '{"version": 99}'
    assert (Recent(tmp_path).opened(), speeds.measured(tmp_path)) == ({}, ())

"""Ways in which a run's folder can be damaged: every file of it, in every way that a file can be.

Each damage takes the folder of a whole run, as `whole_run` makes it, and spoils it.
"""

import itertools
import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from builder.analysis import evaluation
from builder.analysis.evaluation import EVALUATION, Evaluation
from builder.analysis.predictions import COLUMNS
from builder.files.architecture_file import to_json
from builder.gallery.template import block, stack
from builder.runs.changes import CHANGES, Change, add_change
from builder.runs.json_files import MAX_JSON_BYTES
from builder.runs.metrics import FILE_NAME
from builder.runs.metrics_tables import GRADIENT_TABLES
from builder.runs.notes import NOTE, write_note
from builder.runs.process_file import PROCESS
from builder.runs.requests import REQUEST
from builder.runs.run_state import (
    ARCHITECTURE,
    BEST,
    CHECKPOINTS,
    CONFIG,
    HISTORY,
    LOCK,
    LOG,
    MODEL,
    PREDICTIONS,
    SCRIPT,
    STATE,
)
from builder.runs.ticket_file import TICKET
from builder.system.load import Load
from tests.components.fake_run import FakeRun

Damage = Callable[[Path], None]

_JSON = (CONFIG, STATE, CHANGES, TICKET, PROCESS, REQUEST)
FILES = (
    *_JSON,
    ARCHITECTURE,
    SCRIPT,
    LOCK,
    LOG,
    HISTORY,
    NOTE,
    FILE_NAME,
    EVALUATION,
    MODEL,
    PREDICTIONS,
)
VALUES: dict[str, Any] = {
    "null": None,
    "list": [[1]],
    "object": {"a": {}},
    "text": "\ud800",
    "long": "x" * 20_000,
    "true": True,
    "negative": -7,
    "huge": 10**400,
    "large": 1e308,
    "nan": float("nan"),
}
"""What may stand in the place of any value of a JSON file."""

_NESTED = '{"a":' * 50_000
TEXTS: tuple[object, ...] = (
    *(None, b"\xff\xfe", 7, 1e400, "x", "", "{}", "[]", "[1]", _NESTED, '{"\\ud800": 1}'),
    *('{"loss": "x"}', '{"loss": []}', '{"loss": NaN}', '{"loss": true}'),
    *('{"loss": 1}, {"loss": 2}', f'{{"loss": {10**400}}}'),
)
"""What may stand in the place of a row's metrics."""


def whole_run(home: Path) -> FakeRun:
    """A finished run that has every file that a run may have."""
    with FakeRun(home, epochs=2, batches=3) as run:
        run.train()
        run.end()
    folder = run.folder
    run.load = Load(0.5, 2, 1, 1, 1, 1)
    results = {"monitor": "val_loss", "best": 0.5, "best_epoch": 1, "final": {"loss": 0.5}}
    run.state("finished", epoch=2, batch=3, results=results | {"test": {"accuracy": 0.5}})
    network = stack("small", block("Input", shape=(4, 4, 3)), block("Flatten"), block("Dense", 2))
    (folder / ARCHITECTURE).write_text(to_json(network))
    add_change(folder, Change(0.0, 1, 2, 3, 0.01))
    write_note(folder, "wide #paper")
    (folder / TICKET).write_text('{"number": 1, "before": null}')
    (folder / PROCESS).write_text('{"pid": 1, "started": 0, "boot": "x", "exit": -6}')
    (folder / REQUEST).write_text('{"state": "pausing"}')
    (folder / MODEL).write_bytes(b"PK")
    (folder / PREDICTIONS).write_text(f"{','.join(COLUMNS)}\n0,,0,1,0.5,no\n")
    (folder / BEST).write_bytes(b"PK")
    (folder / CHECKPOINTS).mkdir()
    (folder / CHECKPOINTS / "LATEST").write_text("epoch-000001")
    evaluation.save(folder, sound_evaluation())
    with closing(sqlite3.connect(folder / FILE_NAME)) as metrics, metrics:
        metrics.executescript(GRADIENT_TABLES)
        metrics.execute("INSERT INTO learning_layers VALUES (0, 1, 'dense', '[[\"kernel\", 4]]')")
        metrics.execute("INSERT INTO layer_gradients VALUES (0, '[0.5]', '[]')")
    return run


def sound_evaluation() -> Evaluation:
    """An evaluation of two classes with one mistake."""
    return Evaluation(
        np.array([[2, 1], [0, 3]]),
        np.zeros((1, 4, 4, 3), np.uint8),
        np.array([0]),
        np.array([1]),
        np.array([0.9]),
    )


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _replace(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _too_large(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(max(MAX_JSON_BYTES, 70_000_000) + 1)  # no room is taken on the disk


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def whole_files() -> Iterator[tuple[str, Damage]]:
    """What becomes of a file as a whole."""
    ways: dict[str, Damage] = {
        "missing": _unlink,
        "empty": partial(_replace, b""),
        "not UTF-8": partial(_replace, b"\xff\xfe\x00{"),
        "half": _half,
        "null": partial(_replace, b"null"),
        "a list": partial(_replace, b"[1]"),
        "a text": partial(_replace, b'"x"'),
        "nested": partial(_replace, b"[" * 100_000),
        "too large": _too_large,
        "a directory": _directory,
        "unreadable": _loop,
    }
    for name in FILES:
        for way, damage in ways.items():
            yield f"{name} {way}", partial(_at, name, damage)
    for name in (*_JSON, LOCK):
        yield f"{name} a pipe", partial(_at, name, _pipe)


def _at(name: str, damage: Damage, folder: Path) -> None:
    damage(folder / name)


def of_values(folder: Path) -> Iterator[tuple[str, Damage]]:
    """Each value of each JSON file, one level of nesting included, as something else."""
    for name in _JSON:
        content = json.loads((folder / name).read_bytes())
        places = [(key,) for key in content]
        places += [
            (key, inner)
            for key, value in content.items()
            if isinstance(value, dict)
            for inner in value
        ]
        kinds = itertools.cycle(VALUES.items())
        for place in places:
            for kind, value in itertools.islice(kinds, 3):
                yield f"{name} {'.'.join(place)} {kind}", partial(_set, name, place, value)
    yield "config.json newer", partial(_set, CONFIG, ("version",), 9)
    yield "changes.json newer", partial(_set, CHANGES, ("version",), 9)


def _set(name: str, place: tuple[str, ...], value: object, folder: Path) -> None:
    content = within = json.loads((folder / name).read_bytes())
    for key in place[:-1]:
        within = within[key]
    within[place[-1]] = value
    (folder / name).write_text(json.dumps(content))


def _metrics() -> Iterator[tuple[str, Damage]]:
    """Tables with anything in them, or none, and pages that were overwritten."""
    for number, text in enumerate(TEXTS):
        yield f"epochs {number}", partial(_fill, "epochs", (1, 0.0, text))
        yield f"batches {number}", partial(_fill, "batches", (0, 1, 0, 0.0, text))
        yield f"norms {number}", partial(_fill, "layer_gradients", (0, text, "[]"))
        yield f"unmoved {number}", partial(_fill, "layer_gradients", (0, "[0.5]", text))
        yield f"weights {number}", partial(_fill, "learning_layers", (0, 1, "dense", text))
        yield f"place {number}", partial(_fill, "learning_layers", (0, text, "dense", "[]"))
        yield f"info {number}", partial(_fill, "info", ("num_batches", text))
    for odd in (None, "x", b"\xff", 1e400, 2.5, -3):
        yield f"epoch {odd!r}", partial(_fill, "epochs", (odd, odd, '{"loss": 1}'))
        yield f"step {odd!r}", partial(_fill, "batches", (odd, odd, odd, odd, '{"loss": 1}'))
        yield f"time {odd!r}", partial(_fill, "layer_gradients", (odd, "[0.5]", "[]"))
    for table in ("epochs", "batches", "info", "layer_gradients", "learning_layers"):
        yield f"no {table}", partial(_run_sql, f"DROP TABLE {table}")
    yield "no column", partial(_run_sql, "ALTER TABLE epochs RENAME COLUMN metrics TO numbers")
    yield "pages", _overwrite_pages


def _fill(table: str, row: tuple[object, ...], folder: Path) -> None:
    """Puts a row into a table without types, in the place of the one that there is."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as metrics, metrics:
        names = [column[1] for column in metrics.execute(f"PRAGMA table_info({table})")]
        metrics.execute(f"DROP TABLE {table}")
        metrics.execute(f"CREATE TABLE {table} ({', '.join(names)})")
        metrics.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def _run_sql(text: str, folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as metrics, metrics:
        metrics.execute(text)


def _overwrite_pages(folder: Path) -> None:
    path = folder / FILE_NAME
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)
    path.write_bytes(content)


def _evaluations() -> Iterator[tuple[str, Damage]]:
    """Arrays that do not fit together, or are of other kinds."""
    odd: dict[str, Any] = {
        "object": np.array([[{}]], dtype=object),
        "text": np.array([["x", "y"], ["z", "w"]]),
        "nan": np.full((2, 2), np.nan),
        "negative": np.full((2, 2), -1),
        "nothing": np.zeros((0, 0), np.int64),
        "one": np.int64(3),
        "complex": np.ones((2, 2), np.complex128),
        "true": np.ones((2, 2), np.bool_),
        "time": np.zeros((2, 2), "datetime64[s]"),
        "record": np.zeros((2, 2), [("a", "i4")]),
        "pictures": np.zeros((1, 4, 4, 7), np.uint8),
        "no pictures": np.zeros((1, 0, 4, 3), np.uint8),
        "numbers": np.array([-1]),
        "certainty": np.array([np.nan]),
    }
    for name in ("confusion", "images", "true", "chosen", "certainty"):
        for kind, array in odd.items():
            yield f"{name} {kind}", partial(_save_arrays, {name: array})
        yield f"no {name}", partial(_save_arrays, {name: None})
    for byte in (8, 26, 60, 300):  # method, sizes, names, contents
        yield f"npz byte {byte}", partial(_flip, byte)
    yield "npz of text", _zip_of_text
    yield "npz claims too much", _claim_too_much


def _save_arrays(changed: dict[str, Any], folder: Path) -> None:
    sound = sound_evaluation()
    names = ("confusion", "images", "true", "chosen", "certainty")
    arrays = {name: changed.get(name, getattr(sound, name)) for name in names}
    kept = {name: array for name, array in arrays.items() if array is not None}
    np.savez(folder / EVALUATION, **kept)


def _flip(byte: int, folder: Path) -> None:
    path = folder / EVALUATION
    content = bytearray(path.read_bytes())
    content[byte] ^= 0x5A
    directory = content.find(b"PK\x01\x02")
    content[directory + 10] ^= 0x09 if byte == 8 else 0  # its method, in the directory too
    path.write_bytes(content)


def _zip_of_text(folder: Path) -> None:
    with zipfile.ZipFile(folder / EVALUATION, "w") as archive:
        for name in ("confusion", "images", "true", "chosen", "certainty"):
            archive.writestr(f"{name}.npy", "no array")


def _claim_too_much(folder: Path) -> None:
    shape = b"{'descr': '<i8', 'fortran_order': False, 'shape': (900000, 900000000), }"
    header = b"\x93NUMPY\x01\x00v\x00" + shape
    with zipfile.ZipFile(folder / EVALUATION, "w") as archive:
        for name in ("confusion", "images", "true", "chosen", "certainty"):
            archive.writestr(f"{name}.npy", header.ljust(127) + b"\n")


def of_files() -> Iterator[tuple[str, Damage]]:
    """What becomes of whole files, of tables and of arrays, by name."""
    yield from whole_files()
    yield from _metrics()
    yield from _evaluations()


def damaged_copy(whole: FakeRun, number: int, damage: Damage) -> Path:
    """A copy of a run, as another run, and damaged."""
    folder = whole.folder.with_name(f"20200101-000000-damaged-{number:04d}")
    shutil.copytree(whole.folder, folder)
    damage(folder)
    return folder

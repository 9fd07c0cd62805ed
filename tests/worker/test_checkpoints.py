"""Checkpoints: whole, few, read again, and not to be damaged."""

import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from builder.runs.run_folder import RunError
from builder.worker.checkpoints import Checkpoints, Place, newest_checkpoint
from builder.worker.restore import remember, remind
from tests.worker.fake_model import FakeModel, place


def save(folder: Path, *places: Place, memory: dict[str, Any] | None = None) -> Path:
    checkpoints = Checkpoints(folder, num_params=10)
    for one in places:
        checkpoints.save(FakeModel(), one, memory or {})
    return folder / "checkpoints"


def test_checkpoints_are_whole_and_few(tmp_path: Path) -> None:
    folder = save(tmp_path, *(place(epoch) for epoch in range(1, 5)))
    with pytest.raises(OSError, match="No space"):
        Checkpoints(tmp_path, 10).save(FakeModel(fails=True), place(5, 3), {})
    assert (folder / "LATEST").read_text() == "epoch-000004\n"
    assert sorted(path.name for path in folder.iterdir()) == [
        "LATEST",
        "epoch-000003",
        "epoch-000004",
    ]
    save(tmp_path, place(5, 3))
    assert (folder / "LATEST").read_text() == "epoch-000005-batch-0000003\n"


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path) is None
    save(tmp_path, place(2, 7), memory={"callbacks": [{"best": "inf"}]})
    found = newest_checkpoint(tmp_path)
    assert found is not None
    assert (found.place, found.memory) == (place(2, 7), {"callbacks": [{"best": "inf"}]})
    assert [value.tolist() for value in found.variables] == [[1.5, 2.5]]


def test_half_a_checkpoint_of_a_killed_worker_is_removed(tmp_path: Path) -> None:
    (tmp_path / "checkpoints" / ".epoch-000001").mkdir(parents=True)
    folder = save(tmp_path, place(2))
    assert sorted(path.name for path in folder.iterdir()) == ["LATEST", "epoch-000002"]


def test_nothing_is_saved_twice(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, 10)
    checkpoints.save(FakeModel(), place(1), {})
    checkpoints.save(FakeModel(fails=True), place(1), {})
    found = newest_checkpoint(tmp_path)
    assert found is not None
    Checkpoints(tmp_path, 10, found).save(FakeModel(fails=True), place(1), {})


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no state": lambda folder: (folder / "state.json").unlink(),
    "other state": lambda folder: (folder / "state.json").write_text(
        (folder / "state.json").read_text().replace('"batch": 7', '"batch": 8')
    ),
    "short model": lambda folder: (folder / "model.keras").write_bytes(b"PK"),
    "no model": lambda folder: (folder / "model.keras").unlink(),
    "flipped bit": lambda folder: flip(folder / "model.keras"),
    "flipped variable": lambda folder: flip(folder / "variables.npz"),
}


def flip(path: Path) -> None:
    """Changes one bit of what the first file in the archive holds."""
    with zipfile.ZipFile(path) as archive:
        member = archive.infolist()[0]
        at = member.header_offset + 30 + len(member.filename) + member.compress_size - 1
        at += int.from_bytes(path.read_bytes()[member.header_offset + 28 :][:2], "little")
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_checkpoint_gives_way_to_the_one_before(
    tmp_path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    folder = save(tmp_path, place(1), place(2, 7))
    damage(folder / "epoch-000002-batch-0000007")
    found = newest_checkpoint(tmp_path)
    assert found is not None
    assert found.place == place(1)
    assert "epoch-000002-batch-0000007 is damaged" in caplog.text
    damage = DAMAGE["short model"]
    damage(folder / "epoch-000001")
    with pytest.raises(RunError, match="No checkpoint of this run can be read"):
        newest_checkpoint(tmp_path)


def test_a_future_that_was_given_up_is_removed(tmp_path: Path) -> None:
    folder = save(tmp_path, place(1), place(3))
    save(tmp_path, place(1, 4))
    assert sorted(path.name for path in folder.glob("epoch-*")) == [
        "epoch-000001",
        "epoch-000001-batch-0000004",
    ]


def test_checkpoints_take_a_hundredth_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("builder.worker.checkpoints.time.monotonic", lambda: now)
    checkpoints = Checkpoints(tmp_path, num_params=0)
    now += 4
    assert not checkpoints.is_due()
    now += 1.1
    assert checkpoints.is_due()
    assert not checkpoints.is_due(mid_epoch=True)
    now += 60
    assert checkpoints.is_due(mid_epoch=True)
    checkpoints.save(FakeModel(), place(1), {})
    now += 0.1
    assert checkpoints.is_due()


class Waiting(SimpleNamespace):
    """As a callback of Keras that counts."""


def test_callbacks_are_reminded_of_what_they_wait_for() -> None:
    before = Waiting(wait=3, best=np.float32(0.5), baseline=None, min_delta=-0.0, _hidden=1)
    before.worst = float("inf")
    known = json.loads(json.dumps(remember([before]), allow_nan=False))
    after = Waiting(wait=0, best=None, baseline=1.0, min_delta=7, worst=0.0)
    remind([after], known)
    assert (after.wait, after.best, after.baseline, after.worst) == (3, 0.5, None, math.inf)
    assert after.min_delta == 7

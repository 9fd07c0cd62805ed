import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from builder.analysis import run_archive
from builder.analysis.run_archive import write_archive
from builder.analysis.tensorboard import write_events
from builder.files.architecture_file import to_json
from builder.gallery import TEMPLATES
from builder.runs.metrics import FILE_NAME
from builder.runs.run_folder import Run, read
from builder.runs.run_state import ARCHITECTURE
from builder.system.errors import BuilderError
from tests.analysis.fake_gradients import leave_gradients
from tests.components.fake_run import FakeRun

TEXTS = {"train.py", "requirements.txt", "README.txt", "config.json", "layers.csv"}


def finished(home: Path) -> Run:
    with FakeRun(home, epochs=2, batches=3) as run:
        run.train()
        run.end()
    network = to_json(TEMPLATES["small_residual"].architecture)
    (run.folder / ARCHITECTURE).write_text(network, encoding="utf-8")
    return read(run.folder)


def test_the_zip_holds_the_run_and_says_how_to_do_it_again(tmp_path: Path) -> None:
    run = finished(tmp_path)
    write_archive(run, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        names = {name.removeprefix(f"{run.id}/") for name in archive.namelist()}
        texts = {name: archive.read(f"{run.id}/{name}").decode() for name in names & TEXTS}
    assert {"train.py", "architecture.json", "config.json", "state.json", "log.txt"} <= names
    assert any(name.startswith("tensorboard/train/events.out.tfevents") for name in names)
    assert not {name for name in names if "sqlite" in name or name.startswith(".")}
    assert texts["train.py"] == (run.folder / "train.py").read_text()
    assert json.loads(texts["config.json"])["id"] == run.id
    assert texts.keys() == TEXTS
    assert "keras==" in texts["requirements.txt"]
    assert "python train.py" in texts["README.txt"]
    assert "layers.csv" in texts["README.txt"]
    assert texts["layers.csv"].startswith("keras_name,name\ninput_layer,input_1\n")


def test_where_own_images_are_is_said(tmp_path: Path) -> None:
    run = finished(tmp_path)
    assert run.settings is not None
    ranges = [{"kind": "integer", "low": 0, "high": 4095}]
    own = replace(
        run,
        settings=replace(run.settings, dataset=f"own:{16 * '0'}"),
        facts={**run.facts, "data": {"value_ranges": ranges}},
    )
    for known, said in ((run, False), (own, True)):
        write_archive(known, tmp_path / "run.zip")
        with zipfile.ZipFile(tmp_path / "run.zip") as archive:
            text = archive.read(f"{run.id}/README.txt").decode()
        assert ("the folder that its DATA names" in text) == said
        assert ("The values 0 to 4,095 (12 bit) become" in text) == said


def test_a_run_without_a_script_is_refused(tmp_path: Path) -> None:
    run = finished(tmp_path)
    (run.folder / "train.py").unlink()
    with pytest.raises(BuilderError, match=r"its script is missing; train the network once more"):
        write_archive(run, tmp_path / "run.zip")


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_folder: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_archive, "write_events", full)
    with pytest.raises(BuilderError, match="the disk is full"):
        write_archive(finished(tmp_path), tmp_path / "run.zip")


@pytest.mark.keras
def test_tensorflow_reads_the_event_files(tmp_path: Path) -> None:
    import tensorflow as tf

    run = finished(tmp_path)
    with closing(sqlite3.connect(run.folder / FILE_NAME)) as connection, connection:
        batches = connection.execute("SELECT step, time, metrics FROM batches").fetchall()
        epochs = connection.execute("SELECT epoch, metrics FROM epochs").fetchall()
    leave_gradients(run.folder, ["conv2d", "dense"], {4: [0.5, None]})
    write_events(run.folder, tmp_path / "events")
    found_events = {
        (path.parent.name, value.tag, event.step): (value.simple_value, event.wall_time)
        for path in (tmp_path / "events").rglob("events*")
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    }
    for step, moment, metrics in batches:
        for name, value in json.loads(metrics).items():
            found, when = found_events[("train", f"batch_{name}", step)]
            assert found == pytest.approx(value, rel=1e-6)
            assert when == pytest.approx(moment)
    for epoch, metrics in epochs:
        for name, value in json.loads(metrics).items():
            kind = "validation" if name.startswith("val_") else "train"
            tag = f"epoch_{name.removeprefix('val_')}"
            assert found_events[(kind, tag, epoch - 1)][0] == pytest.approx(value, rel=1e-6)
    norm, _ = found_events[("train", "gradient_norm/residual_block_1/conv2d_1", 4)]
    assert norm == 0.5

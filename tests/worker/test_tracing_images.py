"""From what a model said of a validation image back to its number and its file."""

import csv
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

from builder.analysis.evaluation import judge
from builder.analysis.predictions import read_predictions, write_predictions
from builder.codegen.keras.training_plan import training_plan
from builder.codegen.keras.training_source import training_source
from builder.datasets.own_images.file_names import FILE_NAMES, file_names, write_file_names
from builder.datasets.own_images.target import Target
from builder.datasets.published import dataset
from builder.gallery import TEMPLATES
from builder.runs.json_files import write_json
from builder.runs.metrics_writer import MetricsWriter
from builder.runs.outcome import evaluated
from builder.runs.run_folder import read
from builder.runs.run_state import BEST, PREDICTIONS, STATE, RunState
from builder.runs.status import RunStatus
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings
from builder.worker.evaluating import take_best
from builder.worker.prepared import load_noting
from tests.codegen.test_given_split import arrays
from tests.datasets.given import kept, picture, write_folder, write_npz

PARTS = {"train": ((12, 5, 23), 0), "val": ((4, 0, 6), 40)}


def script_of(settings: TrainingSettings, shape: tuple[int, int, int], units: int) -> ModuleType:
    """The part of a script that loads its data, run without Keras."""
    source = training_source(training_plan("net", settings, shape, (units,), "softmax"))
    keras = MagicMock()
    keras.utils.to_categorical = lambda labels, count: np.eye(count)[labels]
    module = ModuleType("script")
    vars(module).update(np=np, keras=keras)
    exec(f"{source.constants}\n{source.data}", vars(module))
    return module


@pytest.mark.parametrize("channels", [3, 1])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"validation_set": "share"},
        {"validation_set": "share", "split": "random", "test_share": 0.2},
        {"validation_set": "share", "test_share": 0.2, "label_smoothing": 0.1},
        {"test_share": 0.2},
    ],
)
def test_the_numbers_are_those_of_the_validation_images(
    tmp_path: Path, home: Path, asked: dict[str, Any], channels: int
) -> None:
    given: dict[str, Any] = {}
    for part, (counts, start) in PARTS.items():
        given[f"x_{part}"], given[f"y_{part}"] = arrays(counts, start)
    path = write_npz(tmp_path / "shapes.npz", classes=["ring", "dot", "star"], **given)
    own = dataset(f"own:{kept(path, home, Target(6, 8, 3)).dataset.id}")
    script = script_of(TrainingSettings(dataset=own.name, **asked), (6, 8, channels), 3)
    data, found = load_noting(script)
    assert found is not None
    stored = np.load(Path(own.folder) / "images.npy")[found]
    if channels == 1:
        weighed = stored @ np.array([0.299, 0.587, 0.114], dtype="float32")
        stored = np.round(weighed).astype("uint8")[..., np.newaxis]
    assert (stored == data[1][0]).all()
    again = script.load_data()
    assert all((one[0][:] == other[0][:]).all() for one, other in zip(again, data, strict=True))


def test_published_data_are_traced_too_and_scripts_of_another_kind_load_all_the_same() -> None:
    script = script_of(TrainingSettings(), (8, 8, 1), 10)
    data, found = load_noting(script)
    assert found is not None
    assert len({*found}) == len(data[1][0]) == 360
    other: Any = SimpleNamespace(load_data=lambda: data)
    assert load_noting(other) == (data, None)
    other = SimpleNamespace(
        split=lambda *_: (1, 2), load_data=lambda: (other.split([0], 0), data)[1]
    )
    assert load_noting(other) == (data, None)


def test_a_data_set_keeps_the_names_of_its_files(tmp_path: Path, home: Path) -> None:
    members = {f"cat/{n}.png": picture((n, 0, 0)) for n in range(3)}
    members |= {f"dog/d{n}.png": picture((0, 9, n)) for n in range(3)} | {"dog/no.png": b"no"}
    path = write_folder(tmp_path / "pets", members)
    own = kept(path, home, leave_out=True).dataset
    folder = home / "datasets" / own.id
    names = file_names(folder)
    assert names == (
        "cat/0.png",
        "cat/1.png",
        "cat/2.png",
        "dog/d0.png",
        "dog/d1.png",
        "dog/d2.png",
    )
    (folder / FILE_NAMES).unlink()  # as it was kept before names were
    assert file_names(folder) == ()
    assert kept(path, home, leave_out=True).was_there
    assert file_names(folder) == names
    (folder / FILE_NAMES).write_text("[")
    assert file_names(folder) == ()
    write_file_names(folder, ["\udcff.png"], [])
    assert file_names(folder) == ("?.png",)


def test_predictions_come_back_from_their_table(tmp_path: Path) -> None:
    judged = judge(np.array([[0.2, 0.8], [0.6, 0.4]]), np.array([0, 0]), from_logits=False)
    files = ["x.png", 'a "b",\n=c.png']
    write_predictions(tmp_path, judged, ["cat, big", "dog"], np.array([1, 7]), files)
    first, second = read_predictions(tmp_path)
    assert (first.file, first.true, first.chosen) == (files[1], "cat, big", "dog")
    assert (second.label, second.probability) == ("image 7", 0.6)
    with (tmp_path / PREDICTIONS).open(newline="") as file:
        assert [row["right"] for row in csv.DictReader(file)] == ["no", "yes"]
    write_predictions(tmp_path, judged, ["a", "b"], None, ())
    assert [row.label for row in read_predictions(tmp_path)] == ["", ""]
    (tmp_path / PREDICTIONS).write_text("index,file\n1")
    assert read_predictions(tmp_path) == ()


def test_the_best_model_is_evaluated_where_it_is_kept(home: Path) -> None:
    network = TEMPLATES["se_residual_digits"].architecture
    folder = new_run(home, network, TrainingSettings(keep_best=True)).folder
    with MetricsWriter(folder, 4, 8, 32) as writer:
        for epoch, loss in ((1, 0.5), (2, 0.3), (3, 0.4)):
            writer.add_epoch(epoch, {"loss": loss, "val_loss": loss})
    loaded: list[Path] = []
    model: Any = SimpleNamespace(load_weights=loaded.append)
    which = take_best(read(folder), model)
    assert (which.model, which.epoch, loaded) == ("last", 3, [])
    (folder / BEST).write_bytes(b"")
    which = take_best(read(folder), model)
    assert (which.model, which.epoch, loaded) == ("best", 2, [folder / BEST])

    def refuse(_path: Path) -> None:
        raise ValueError("damaged")

    model.load_weights = refuse
    assert take_best(read(folder), model).model == "last"
    results = {"evaluated": {"model": "best", "epoch": 2}}
    write_json(folder / STATE, RunState(RunStatus.FINISHED, results=results).values())
    assert evaluated(read(folder)) == ("best", 2)
    write_json(
        folder / STATE, RunState(RunStatus.FINISHED, results={"evaluated": {"model": 3}}).values()
    )
    assert evaluated(read(folder)) is None

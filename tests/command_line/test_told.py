"""What a command does not take over, or an option that would do nothing, is told or refused."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from builder.command_line import app, beginning, following, training
from builder.files.architecture_file import to_json
from builder.files.document_file import Document, to_text
from builder.gallery import TEMPLATES
from builder.gallery.template import Drawing, block
from builder.network.architecture import Architecture
from builder.runs.json_files import write_json
from builder.runs.run_folder import Run
from builder.runs.run_state import STATE, RunState
from builder.runs.status import RunStatus
from builder.scheduler import starting
from builder.scheduler.new_run import new_run
from builder.system.devices import Device
from builder.training.settings import TrainingSettings
from tests.importers.files import archive, functional, image, layer, text

CASES = Path(__file__).parents[1] / "cases"
FRESH = "which are not read; what is trained or exported begins with fresh ones"
SMALL = TEMPLATES["small_residual"].architecture
DIGITS = TEMPLATES["se_residual_digits"].architecture

runner = CliRunner()


@pytest.fixture(autouse=True)
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[TrainingSettings]:
    """What a training was begun with; none begins."""
    monkeypatch.setenv("CONVSTACK_HOME", str(tmp_path / "home"))
    begun: list[TrainingSettings] = []

    def begin(
        _home: Path, _network: Architecture, settings: TrainingSettings, *_: Any, **__: Any
    ) -> None:
        begun.append(settings)

    monkeypatch.setattr(starting, "begin", begin)
    monkeypatch.setattr(training, "attend", lambda _run, *, detach: None)
    return begun


def written(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_a_model_with_weights_is_trained_from_fresh_ones_and_that_is_reported(
    tmp_path: Path, started: list[TrainingSettings]
) -> None:
    dense = functional(
        image(8, 8, 1), layer("Flatten", "flat", "image"), layer("Dense", "head", "flat", units=10)
    )
    path = written(tmp_path, "mine.keras", archive(text(dense), "model.weights.h5"))
    result = runner.invoke(app, ["train", path])
    assert result.exit_code == 0, result.output
    assert len(started) == 1
    assert f"left out: the trained weights of mine.keras, {FRESH}" in result.stderr


@pytest.mark.parametrize("name", ["F04_hard_sigmoid_keras2.h5", "F11_normalization.keras"])
@pytest.mark.parametrize("command", ["summary", "export"])
def test_every_command_that_opens_a_model_tells_of_its_weights(
    name: str, command: str, tmp_path: Path
) -> None:
    options = ["--to", "keras", "-o", str(tmp_path / "m.py")] if command == "export" else []
    result = runner.invoke(app, [command, str(CASES / name), *options])
    assert result.exit_code == 0, result.output
    assert f"the trained weights of {name}, {FRESH}" in result.stderr


def test_nothing_is_said_of_weights_that_are_not_there(tmp_path: Path) -> None:
    model = text(functional(image(8, 8, 3), layer("Conv2D", "conv", "image", filters=4)))
    pool = text(functional(image(8, 8, 3), layer("Flatten", "flat", "image")))
    for path in (
        written(tmp_path, "m.json", model),
        written(tmp_path, "configuration.keras", archive(model)),
        written(tmp_path, "pool.keras", archive(pool, "model.weights.h5")),
        written(tmp_path, "own.json", to_json(DIGITS)),
        "vgg16",
    ):
        assert "weights" not in runner.invoke(app, ["summary", path]).stderr


def test_a_documents_own_settings_are_reported_where_others_are_trained_with(
    tmp_path: Path, started: list[TrainingSettings]
) -> None:
    own = TrainingSettings(epochs=30, batch_size=16).values()
    path = written(tmp_path, "d.json", to_text(Document("d", DIGITS, training=own)))
    result = runner.invoke(app, ["train", path, "--batch-size", "16"])
    assert result.exit_code == 0, result.output
    assert started[0].epochs == 10
    told = "left out: the document's training settings, epochs 30 (here 10); give as options"
    assert told in result.stderr
    same = runner.invoke(app, ["train", path, "--batch-size", "16", "--epochs", "30"])
    assert "left out" not in same.stderr
    exported = runner.invoke(app, ["export", path, "--to", "json", "-o", str(tmp_path / "e.json")])
    assert "left out: the document's training settings" in exported.stderr
    assert "epochs" not in json.loads((tmp_path / "e.json").read_text())


def test_a_node_that_is_no_part_of_the_model_is_reported_once(tmp_path: Path) -> None:
    drawing = Drawing("net")
    first = drawing.place(block("Input", shape=(8, 8, 1)))
    drawing.place(block("Conv2D", 4), first)
    drawing.place(block("Flatten"), first)
    drawing.place(block("Dense", 10, activation="softmax"))
    path = written(tmp_path, "net.json", to_json(drawing.architecture))
    output = str(tmp_path / "net.py")
    for command in (["train", path], ["export", path, "--to", "keras", "-o", output]):
        result = runner.invoke(app, command)
        assert result.exit_code == 0, result.output
        assert result.stderr.count("nothing reads its output") == 1


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["train", "lenet5", "--fit", "crop"], "--fit"),
        (["train", "lenet5", "--leave-out"], "--leave-out"),
        (["export", "lenet5", "--to", "keras", "-o", "-", "--layers"], "--layers"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(command: list[str], option: str) -> None:
    result = runner.invoke(app, command)
    assert result.exit_code == 2
    assert f"error: {option}: received with" in result.stderr
    assert "leave it out" in result.stderr


def test_the_time_is_reported_before_a_training_and_without_one(
    started: list[TrainingSettings],
) -> None:
    tried = runner.invoke(app, ["train", "se_residual_digits", "--dry-run", "--patience", "3"])
    assert tried.exit_code == 0, tried.output
    told = r"10 epochs: at most about \d+ (s|min), a guess: nothing was trained"
    assert re.search(told, tried.stderr.replace("\n", " "))
    assert started == []
    result = runner.invoke(app, ["train", "se_residual_digits", "--epochs", "1"])
    assert re.search(r"1 epoch: about \d+ s", result.stderr)
    assert len(started) == 1


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has 1.2 GB left."""
    cpu = Device("cpu", "CPU", 8 * 10**9, 8 * 10**9 - 1_200_000_000)
    for module in (beginning, training):
        monkeypatch.setattr(module, "devices", lambda: (Device("auto", "Automatic"), cpu))


def test_too_little_memory_is_refused_with_what_fits_and_can_be_forced(
    started: list[TrainingSettings], little: None
) -> None:
    command = ["train", "small_residual", "--batch-size", "1024"]
    refused = runner.invoke(app, command)
    assert refused.exit_code == 1
    assert started == []
    assert "Batches of 1,024 images need about" in refused.stderr
    fitting = re.search(r"Give --batch-size (\d+) or --force", refused.stderr)
    assert fitting
    assert runner.invoke(app, [*command[:-1], fitting[1]]).exit_code == 0
    forced = runner.invoke(app, [*command, "--force"])
    assert forced.exit_code == 0
    assert "warning: Batches of 1,024 images need about" in forced.stderr
    assert [settings.batch_size for settings in started] == [int(fitting[1]), 1024]


def test_force_does_not_help_a_network_that_cannot_be_trained(
    tmp_path: Path, started: list[TrainingSettings], little: None
) -> None:
    result = runner.invoke(app, ["train", "se_residual_digits", "--device", "gpu:7", "--force"])
    assert result.exit_code == 1
    assert "--force" not in result.stderr
    assert started == []


def test_what_keeps_a_run_from_starting_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = new_run(tmp_path, TEMPLATES["se_residual_digits"].architecture, TrainingSettings(), "")
    why = RunState(RunStatus.FAILED, message="Up to 64 would fit.", advice="start a smaller one")
    with pytest.raises(typer.Exit):
        following._fail_run(run, why)  # pyright: ignore[reportPrivateUsage]
    told = " ".join(capsys.readouterr().err.split())
    assert "the run failed: Up to 64 would fit; start a smaller one; go on with: python" in told


def test_a_run_that_needs_too_much_memory_is_not_resumed_unless_forced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, little: None
) -> None:
    run = new_run(tmp_path / "home", SMALL, TrainingSettings(batch_size=1024))
    write_json(run.folder / STATE, RunState(RunStatus.PAUSED, epoch=1, epochs=10).values())
    resumed: list[str] = []

    def go_on(_home: Path, run: Run, *_: Any, **__: Any) -> Run:
        resumed.append(run.id)
        return run

    monkeypatch.setattr(starting, "go_on", go_on)
    refused = runner.invoke(app, ["resume", run.id])
    assert refused.exit_code == 1
    assert "or resume it with --force" in refused.stderr
    assert resumed == []
    assert runner.invoke(app, ["resume", run.id, "--force"]).exit_code == 0
    assert resumed == [run.id]

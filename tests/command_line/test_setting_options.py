"""Each setting of a training has a documented option that takes effect; a file holds them all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from pydantic import Field, TypeAdapter
from typer.main import get_command
from typer.testing import CliRunner

from builder.blocks.declaration import Declared, declaration
from builder.command_line import app, training
from builder.command_line.setting_options import settings_values, with_settings
from builder.files.document_file import Document, to_text
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.scheduler.new_run import new_run
from builder.training.optimizers import SGD, Adam, Optimizer
from builder.training.settings import TrainingSettings

runner = CliRunner()
DIGITS = TEMPLATES["se_residual_digits"].architecture


@pytest.fixture
def started(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[TrainingSettings]:
    """What a training was begun with; none begins, and no data or machine refuse it."""
    begun: list[TrainingSettings] = []

    def begin(_network: Architecture, settings: TrainingSettings, **_: Any) -> None:
        begun.append(settings)

    monkeypatch.setattr(training, "begin", begin)
    monkeypatch.setattr(training, "attend", lambda _run, *, detach: None)
    return begun


def declared_paths() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Each setting of the JSON schema: its name, its choice, its name there, its schema."""
    schema = TypeAdapter(TrainingSettings).json_schema()
    for name, about in schema["properties"].items():
        if "discriminator" not in about:
            yield name, "", "", about
            continue
        for choice, place in about["discriminator"]["mapping"].items():
            inner = schema["$defs"][place.rpartition("/")[2]]["properties"]
            for part, about_part in inner.items():
                yield name, choice, "" if part == "name" else part, about_part


PATHS = list(declared_paths())


def another(about: dict[str, Any]) -> Any:
    """A value that a setting takes and that is not its default."""
    default = about.get("default")
    for part in about.get("anyOf", ()):
        if part["type"] != "null":
            about = part
    if about.get("type") == "boolean":
        return not default
    if "enum" in about:
        return next(choice for choice in about["enum"] if choice != default)
    if about.get("type") == "array":
        return [3, 7]
    if about["type"] == "integer":
        return 7
    if about["type"] == "number":
        return 0.25
    return {"digits": "mnist", "auto": "cpu", "local": "ray://head:10001"}[str(default)]


def written(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize(
    ("name", "choice", "part", "about"), PATHS, ids=["-".join(filter(None, p[:3])) for p in PATHS]
)
def test_every_setting_has_an_option_that_takes_effect(
    name: str, choice: str, part: str, about: dict[str, Any], started: list[TrainingSettings]
) -> None:
    value = choice if choice and not part else another(about)
    option = "--" + "-".join(filter(None, (name, part))).replace("_", "-")
    options = [option, written(value)]
    if isinstance(value, bool):
        options = [option if value else f"--no-{option[2:]}"]
    if part:
        options += [f"--{name}", choice]
    result = runner.invoke(app, ["train", "se_residual_digits", *options])
    assert result.exit_code == 0, result.output
    got = started[0].values()[name]
    if choice:
        assert got["name"] == choice
        got = got[part] if part else choice
    assert got == value


def test_every_option_and_argument_of_every_command_is_documented() -> None:
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    assert {"train", "predict", "runs", "data"} <= set(commands)
    for name, command in commands.items():
        assert command.help, name
        for parameter in command.params:
            assert parameter.name == "help" or parameter.help, f"{name} {parameter.name}"


def test_a_new_setting_gets_its_option_by_itself() -> None:
    @declaration
    class More(Declared):
        optimizer: Annotated[Optimizer, Field(description="Steps.")] = Adam()
        warm_start: Annotated[bool, Field(description="Begins where another run ended.")] = False

    found: list[dict[str, Any]] = []
    other = typer.Typer()

    @other.command()
    @with_settings(More)
    def go(**given: Any) -> None:
        """Goes."""
        found.append(settings_values(None, given, More))

    result = runner.invoke(other, ["--warm-start", "--optimizer", "SGD"])
    assert result.exit_code == 0, result.output
    assert found == [{"optimizer": {"name": "SGD"}, "warm_start": True}]
    helps = {parameter.name: parameter.help for parameter in get_command(other).params}  # type: ignore[attr-defined]
    assert helps["warm_start"] == "Begins where another run ended."


def test_a_file_holds_all_settings_and_options_go_before_it(
    started: list[TrainingSettings], home: Path, tmp_path: Path
) -> None:
    kept = TrainingSettings(optimizer=SGD(momentum=0.5), epochs=7, patience=3, keep_best=True)
    run = new_run(home, DIGITS, kept)
    (tmp_path / "alone.json").write_text(json.dumps(kept.values()))
    (tmp_path / "d.json").write_text(to_text(Document("d", DIGITS, training=kept.values())))
    for path in (tmp_path / "alone.json", tmp_path / "d.json", run.folder / "config.json"):
        result = runner.invoke(app, ["train", "se_residual_digits", "--settings", str(path)])
        assert result.exit_code == 0, result.output
        assert started.pop() == kept
    changed = ["--optimizer-nesterov", "--patience", "none", "--no-keep-best", "--epochs", "2"]
    options = ["--settings", str(tmp_path / "alone.json"), *changed]
    assert runner.invoke(app, ["train", "se_residual_digits", *options]).exit_code == 0
    assert started.pop() == TrainingSettings(optimizer=SGD(momentum=0.5, nesterov=True), epochs=2)
    options += ["--optimizer", "Adam"]
    refused = runner.invoke(app, ["train", "se_residual_digits", *options])
    assert refused.exit_code == 2, "nesterov is none of Adam's"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"epoch": 5}, "there is no epoch, expected dataset, optimizer"),
        (
            {"epochs": 0, "patience": 0},
            "epochs: received 0, expected a whole number from 1 to 100,000; p",
        ),
        (
            {"optimizer": {"name": "SGD", "beta_1": 0.5}},
            "there is no optimizer.SGD.beta_1, expected momentum, nesterov",
        ),
        ([1], "received [1], expected an object of settings"),
        ({"format": "convstack-document", "training": None}, "has no settings of a training yet"),
        ("{", "this is not a JSON file"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_is_wrong_in_a_file_is_reported(
    content: Any, told: str, started: list[TrainingSettings], tmp_path: Path
) -> None:
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    result = runner.invoke(app, ["train", "se_residual_digits", "--settings", str(path)])
    assert result.exit_code == 2
    assert told in result.stderr
    assert not started


def test_an_option_of_another_choice_is_refused(started: list[TrainingSettings]) -> None:
    result = runner.invoke(app, ["train", "se_residual_digits", "--optimizer-momentum", "0.9"])
    assert result.exit_code == 2
    told = "--optimizer-momentum: received with optimizer Adam, expected with SGD or RMSprop"
    assert told in result.stderr

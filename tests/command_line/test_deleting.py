"""delete, restore, trash."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from builder.command_line import app
from builder.command_line.following import attend
from builder.datasets.own_images import shelf
from builder.documents.document_store import DocumentStore
from builder.gallery import TEMPLATES
from builder.runs.run_folder import list_runs
from builder.scheduler.new_run import new_run
from builder.training.settings import TrainingSettings
from tests.actions.test_trash import own_images
from tests.components.fake_run import FakeRun

LENET = TEMPLATES["lenet5"].architecture
runner = CliRunner()


def ask(*words: str, status: int = 0) -> str:
    result = runner.invoke(app, words)
    assert result.exit_code == status, result.output
    return result.stdout if result.stdout else result.stderr


def test_what_is_deleted_is_listed_comes_back_and_goes_for_good(home: Path) -> None:
    run = new_run(home, LENET, TrainingSettings())
    document = DocumentStore(home).create(LENET)
    assert "It is empty." in ask("trash")
    assert "to the trash" in ask("delete", run.id[-4:])
    assert "to the trash" in ask("delete", document.id)
    listed = ask("trash")
    assert run.id in listed
    assert "document" in listed
    rows = json.loads(ask("trash", "--json", "--kind", "run"))
    assert [(row["id"], row["name"]) for row in rows] == [(run.id, run.name)]
    ask("restore", run.id)
    assert [one.id for one in list_runs(home)] == [run.id]
    assert "Removed 1 for good" in ask("trash", "--empty", "--yes")
    assert not DocumentStore(home).deleted()
    assert "Removed 1 for good" in ask("delete", run.id, "--for-good", "--yes")
    assert list_runs(home) == []


def test_nothing_goes_for_good_without_a_yes(home: Path) -> None:
    run = new_run(home, LENET, TrainingSettings())
    assert "add --yes" in ask("delete", run.id, "--for-good", status=2)
    ask("delete", run.id)
    assert "add --yes" in ask("trash", "--empty", status=2)
    assert "nothing like that" in ask("trash", "--empty", "--older-than", "1", "--yes")
    ask("restore", run.id)


def test_a_name_that_several_have_is_reported(home: Path) -> None:
    new_run(home, LENET, TrainingSettings())
    document = DocumentStore(home).create(LENET)
    told = ask("delete", LENET.name, status=2)
    assert "2 are called" in told
    assert document.id in told
    ask("delete", LENET.name, "--kind", "document")
    assert "there is nothing called 'net'" in ask("delete", "net", "--kind", "images", status=2)
    assert "in the trash there is nothing called ''" in ask("restore", "", status=2)


def test_images_go_by_the_id_that_data_lists(home: Path) -> None:
    own = own_images(home)
    (listed,) = (row["id"] for row in json.loads(ask("data", "--json")) if own.id in row["id"])
    assert "to the trash" in ask("delete", listed)
    assert f"Brought back images {own.id}" in ask("restore", listed[:-1])
    assert shelf.find(home, own.id) == own


def test_a_run_that_trains_is_not_deleted(home: Path) -> None:
    with FakeRun(home) as run:
        told = ask("delete", run.id, "--for-good", "--yes", status=1)
        assert "is still training; stop it first" in told
        assert run.folder.is_dir()


@pytest.mark.parametrize("text", ["0", "soon"])
def test_days_that_are_none_are_reported(
    home: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    ask("delete", new_run(home, LENET, TrainingSettings()).id)
    monkeypatch.setenv("CONVSTACK_TRASH_DAYS", text)
    result = runner.invoke(app, ["trash"])
    assert "expected a number of days" in result.stderr
    assert "never" in result.stdout


def test_following_a_removed_run_ends_with_a_message(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = new_run(home, LENET, TrainingSettings())
    shutil.rmtree(run.folder)
    with pytest.raises(typer.Exit):
        attend(run, detach=False)
    assert f"{run.id} was deleted, removed or moved in the meantime" in capsys.readouterr().err
    assert not run.folder.exists()

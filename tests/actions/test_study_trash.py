"""A study in the trash: its runs go with it and come back with it."""

from pathlib import Path

import pytest

from builder.actions import run_trash, trash
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.studies.conductor import conduct
from builder.studies.study import Study, StudyError
from builder.system.errors import BuilderError
from builder.system.locks import locked
from builder.system.removal import disk_bytes
from tests.studies.fake_trainings import Worker, ask, stand_in


@pytest.fixture(autouse=True)
def _worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    return stand_in(monkeypatch)


def trained(home: Path, seeds: int) -> Study:
    study = ask(home, seeds=seeds)
    conduct(study.folder, 0)
    return study


def test_a_study_goes_with_its_runs_as_one_thing_and_comes_back(home: Path) -> None:
    other = trained(home, seeds=1)
    study = trained(home, seeds=2)
    size = disk_bytes(study.folder)
    trash.delete(home, "study", study.id)
    assert [each.id for each in study_folder.list_studies(home)] == [other.id]
    assert len(list_runs(home)) == 3, "those of the other study stay"
    (item,) = trash.contents(home)
    assert (item.kind, item.id, item.name) == ("study", study.id, study.title)
    assert item.num_bytes > size, "its runs count too"
    trash.restore(home, "study", study.id)
    assert len(list_runs(home)) == 9
    assert study_folder.read(study.folder).title == study.title
    assert trash.contents(home) == []


def test_what_is_removed_for_good_takes_the_runs_with_it(home: Path) -> None:
    study = trained(home, seeds=1)
    trash.delete(home, "study", study.id)
    removed = trash.remove(home, trash.contents(home))
    assert (removed.count, removed.kept) == (1, ())
    assert list((home / "trash" / "runs").iterdir()) == []
    with pytest.raises(BuilderError, match="is not in the trash"):
        trash.restore(home, "study", study.id)


def test_a_run_that_was_deleted_by_itself_is_listed_by_itself(home: Path) -> None:
    trained(home, seeds=1)
    trash.delete(home, "run", list_runs(home)[0].id)
    assert [item.kind for item in trash.contents(home)] == ["run"]


def test_a_study_that_runs_stays(home: Path) -> None:
    study = trained(home, seeds=1)
    with locked(study.folder / study_folder.LOCK, 1), pytest.raises(BuilderError, match="stop it"):
        trash.delete(home, "study", study.id)
    assert study.folder.is_dir()


@pytest.mark.parametrize("name", ["nothing", "../runs", ""])
def test_only_studies_are_found(home: Path, name: str) -> None:
    trained(home, seeds=1)
    with pytest.raises(StudyError):
        run_trash.delete_study(home, name)
    with pytest.raises(StudyError):
        run_trash.restore_study(home, name)


def test_a_damaged_study_can_be_deleted_too(home: Path) -> None:
    study = trained(home, seeds=1)
    (study.folder / study_folder.STUDY).write_text("{")
    trash.delete(home, "study", study.id)
    (item,) = trash.contents(home)
    assert item.name == study.id

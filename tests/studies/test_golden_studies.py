"""A study that an earlier version has kept opens here, says the same, and goes on.

See `tests/golden_studies/README.md` for what lies there.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from builder.actions import studies as actions
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.studies.answers import answer
from builder.studies.conductor import conduct
from builder.studies.outcome import Results
from builder.studies.study import Study
from tests.studies.fake_trainings import Worker
from tests.studies.search_cases import accuracy_of

FOLDER = Path(__file__).parents[1] / "golden_studies"


@pytest.fixture(params=sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))
def golden(request: pytest.FixtureRequest) -> Path:
    return FOLDER / request.param


@pytest.fixture
def study(golden: Path, tmp_path: Path) -> Study:
    """In a copy of its data folder."""
    shutil.copytree(golden / "home", tmp_path / "home")
    (found,) = study_folder.list_studies(tmp_path / "home")
    return found


def known(study: Study) -> Results:
    found = study_folder.results(study)
    assert found is not None
    return found


def told(study: Study) -> dict[str, Any]:
    """What `figures.json` says of a study."""
    rows = known(study).variants.items()
    return {
        "title": study.title,
        "strategy": study.strategy.values(),
        "seeds": [*study.seeds, *study.fresh_seeds],
        "variants": {
            key: [row.title, row.params, row.macs, [*row.reported.values()]] for key, row in rows
        },
        "winners": list(known(study).winners),
        "front": list(known(study).front),
    }


def test_it_says_what_it_said(golden: Path, study: Study) -> None:
    expected = json.loads((golden / "figures.json").read_bytes())
    found = told(study)
    assert expected.pop("strategy").items() <= found.pop("strategy").items()
    assert found == expected
    made_anew = {variant.key: variant.title for variant in study.variants}
    assert made_anew == {key: row[0] for key, row in expected["variants"].items()}
    assert len(answer(study, known(study))) == 4


def test_nothing_of_it_is_trained_again(golden: Path, study: Study, worker: Worker) -> None:
    before = told(study)
    assert conduct(study.folder, 0)
    assert worker.started == []
    assert told(study) == before


def test_it_goes_on_with_more_candidates(
    study: Study, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Optuna's journal is read as well."""
    worker.accuracy = accuracy_of
    monkeypatch.setattr(actions, "_launch", lambda made: conduct(made.folder, 0))
    runs = len(list_runs(study.folder.parents[1]))
    actions.go_on(study, more_trials=1)
    more = study_folder.read(study.folder)
    number = len(study.progress.candidates)
    assert more.progress.candidates[:number] == study.progress.candidates
    assert len(more.progress.candidates) == number + 2
    assert len(worker.started) == len(list_runs(study.folder.parents[1])) - runs >= 2

"""What a form asks of a new study, and what study that is."""

import pytest

from builder.actions.study_request import (
    StudyRequest,
    changed_values,
    first_request,
    kept_request,
    plan,
)
from builder.gallery import TEMPLATES
from builder.studies.factor import Subject
from builder.studies.naming import read_factor
from builder.studies.strategies import RandomSearch
from builder.studies.study import Question
from builder.studies.variables import suggested, variables
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings
from builder.transforms.ablation.kinds import PartKind

NETWORK = TEMPLATES["se_residual_digits"].architecture
BASE = Subject(NETWORK, TrainingSettings(epochs=2, seed=7))


@pytest.mark.parametrize("question", [Question.ABLATION, Question.DEGRADATION, Question.SCALING])
def test_what_a_form_begins_with_can_be_planned(question: Question) -> None:
    request = first_request(question, BASE)
    study = plan(request, BASE, "net")
    assert (study.question, study.document_id) == (question, "net")
    assert study.seeds == tuple(range(7, 7 + request.seeds))
    assert len(study.trained) > 2
    assert StudyRequest.create(request.values()) == request


def test_parts_are_taken_out_one_by_one_or_together() -> None:
    parts = (PartKind.DROPOUT, PartKind.SHORTCUT)
    request = StudyRequest(Question.ABLATION, parts=parts)
    assert len(plan(request, BASE).variants) == 3
    together = StudyRequest(Question.ABLATION, parts=parts, combined=True)
    titles = [variant.title for variant in plan(together, BASE).variants]
    assert "without dropout, without shortcuts" in titles


def test_parts_of_single_nodes_are_taken_out_and_forgotten_with_their_nodes() -> None:
    node = next(n.id for n in NETWORK if "residual" in n.block.type_name())
    request = StudyRequest(Question.ABLATION, places=(f"shortcut@{node}",))
    titles = [variant.title for variant in plan(request, BASE).variants]
    assert titles == ["base", f"without shortcuts of {node}"]
    kept = changed_values(request, BASE)
    assert kept_request(Question.ABLATION, BASE, kept) == request
    plain = Subject(TEMPLATES["lenet5"].architecture, BASE.settings)
    assert kept_request(Question.ABLATION, plain, kept).places == ()
    missing = StudyRequest(Question.ABLATION, places=(f"augmentation@{node}",))
    with pytest.raises(BuilderError, match=f"has no augmentation of {node} to take out"):
        plan(missing, BASE)


def test_all_combinations_are_trained_or_some_of_them() -> None:
    vary = ("batch_size=16,32", "learning_rate=1e-4..1e-2:3 log")
    assert len(plan(StudyRequest(Question.SWEEP, vary=vary), BASE).variants) == 6
    assert len(plan(StudyRequest(Question.SWEEP, vary=vary, drawn=2), BASE).variants) == 3


def test_a_search_has_its_strategy() -> None:
    request = StudyRequest(
        Question.SEARCH, vary=("batch_size=16,32",), strategy=RandomSearch(5, fresh_seeds=3)
    )
    study = plan(request, BASE)
    assert study.is_search
    assert (study.search.trials, study.search.fresh_seeds) == (5, 3)


def test_epochs_and_batch_size_are_the_studys_own() -> None:
    request = StudyRequest(Question.SWEEP, vary=("learning_rate=0.1,0.01",), epochs=3)
    settings = plan(request, BASE).settings
    assert (settings.epochs, settings.batch_size) == (3, 32)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (StudyRequest(Question.ABLATION), "no part is chosen"),
        (StudyRequest(Question.SWEEP), "nothing is varied yet"),
        (StudyRequest(Question.SEARCH), "nothing is varied yet"),
        (StudyRequest(Question.DEGRADATION, depths="deep"), "expected a number"),
        (StudyRequest(Question.SWEEP, vary=("seed=1,2",)), "seed cannot be varied"),
    ],
)
def test_what_cannot_be_asked_is_refused(request_: StudyRequest, words: str) -> None:
    with pytest.raises(BuilderError, match=words):
        plan(request_, BASE)


def test_all_that_is_offered_can_be_varied_around_what_it_is() -> None:
    offered = variables(NETWORK, BASE.settings)
    names = [one.name for one in offered]
    assert len(names) == len(set(names))
    assert {"learning_rate", "scaling.depth", "residual_block_1.filters"} <= set(names)
    assert not {"seed", "dataset", "device"} & set(names)
    for one in offered:
        factor = read_factor(f"{one.name}={one.levels}", NETWORK)
        assert factor.base(BASE) == one.value, one


def test_what_was_changed_of_a_request_is_kept_and_the_rest_follows_the_network() -> None:
    first = first_request(Question.ABLATION, BASE)
    assert changed_values(first, BASE) == {}
    parts = (PartKind.DROPOUT, PartKind.SHORTCUT)
    request = StudyRequest.create(first.values() | {"epochs": 3, "parts": parts})
    changed = changed_values(request, BASE)
    assert changed == {"epochs": 3, "parts": ["dropout", "shortcut"]}
    assert kept_request(Question.ABLATION, BASE, changed) == request
    plain = Subject(TEMPLATES["lenet5"].architecture, BASE.settings)
    kept = kept_request(Question.ABLATION, plain, changed)
    assert (kept.parts, kept.epochs, kept.seeds) == (
        (),
        3,
        first_request(Question.ABLATION, plain).seeds,
    )


@pytest.mark.parametrize(
    "changed", [{"seeds": "many"}, {"gone": 1}, {"strategy": {"kind": "oracle"}}, {"vary": [[]]}]
)
def test_a_kept_request_that_cannot_be_read_begins_anew(changed: dict[str, object]) -> None:
    first = first_request(Question.SEARCH, BASE)
    assert kept_request(Question.SEARCH, BASE, changed) == first


@pytest.mark.parametrize(
    ("value", "levels"),
    [
        (32, "16, 32, 64"),
        (1, "1, 2"),
        (0.001, "0.0001..0.01 log"),
        (0.5, "0.25, 0.5, 0.75"),
        (2.0, "2, 4"),
        (0.0, "0, 0.1"),
        (True, "true, false"),
        (None, "none"),
        ("relu", "relu"),
    ],
)
def test_levels_are_suggested_around_a_value(value: object, levels: str) -> None:
    assert suggested(value) == levels

"""Whether a study's largest variant fits the memory, before the study starts."""

import pytest

from builder.actions import studies
from builder.actions.study_memory import largest, memory_of
from builder.studies.naming import read_factor
from builder.studies.strategies import Tpe
from builder.studies.study import Question, Study
from builder.studies.variants import Budget
from builder.system.devices import Device
from builder.training.settings import TrainingSettings
from tests.studies.search_cases import FIRST, NETWORK

GB = 10**9


def planned(*vary: str, budget: Budget | None = None, run_on: str = "local") -> Study:
    return studies.plan(
        NETWORK,
        TrainingSettings(epochs=2, run_on=run_on),
        [read_factor(text, NETWORK) for text in vary],
        [1],
        question=Question.SEARCH,
        strategy=Tpe(4),
        budget=budget,
    )


def machine(free: int) -> tuple[Device, ...]:
    return Device("auto", "Automatic"), Device("cpu", "CPU", 16 * GB, 16 * GB - free)


def swept(*vary: str) -> Study:
    study = planned(*vary)
    choices = [{0: level} for level in study.factors[0].choices()]
    return studies.plan(
        NETWORK, study.settings, study.factors, [1], question=Question.SWEEP, choices=choices
    )


@pytest.mark.parametrize(
    ("study", "title"),
    [
        (swept(f"{FIRST}.filters=4,512,16"), f"{FIRST}.filters 512"),
        (swept("batch_size=512,16"), "batch_size 512"),
        (planned(f"{FIRST}.filters=4..512", "batch_size=8,2048"), None),
        (planned(f"{FIRST}.filters=4..512", budget=Budget(params=20_000)), "base"),
        (planned("optimizer=Adam,SGD", f"{FIRST}.block=conv_bn_relu,Conv2D"), "base"),
    ],
)
def test_the_variant_that_needs_the_most(study: Study, title: str | None) -> None:
    found = largest(study)
    assert found is not None
    both = f"{FIRST}.filters 512, batch_size 2048"
    assert found.title == (both if title is None else title)


def test_it_is_compared_with_what_is_free() -> None:
    found = largest(swept(f"{FIRST}.filters=4,1024"))
    known = memory_of(found, machine(8 * GB), ())
    assert known is not None
    assert known.finding is None
    expected = "Memory: at most 885 MB to train at batch 32, of 8.0 GB free"
    assert known.words == f"{expected} ({FIRST}.filters 1024)."
    small = memory_of(found, machine(GB // 2), ())
    assert small is not None
    assert small.obstacle.startswith(f"{FIRST}.filters 1024: Batches of 32 images need about ")


def test_what_a_cluster_trains_is_not_compared_with_this_machine() -> None:
    study = planned("batch_size=8,16", run_on="ray://head.example.org:10001")
    assert largest(study) is None
    assert memory_of(None, machine(GB), ()) is None

"""What a study costs beside its trainings, and how fast a search rejects candidates."""

import random
import tempfile
import time
from pathlib import Path

from benchmarks.report import heading, line
from builder.actions import studies as actions
from builder.gallery import TEMPLATES
from builder.runs.run_folder import list_runs
from builder.studies import study_folder
from builder.studies.factor import Subject
from builder.studies.naming import read_factor
from builder.studies.study import Question, Study
from builder.studies.variants import Budget, combinations, variant
from builder.training.settings import TrainingSettings

NUM_RUNS = 24
AIM_SHARE = 1.1
NUM_CANDIDATES = 2_000
AIM_RATE = 1_000
PATIENCE_SECONDS = 1_200.0
NETWORK = TEMPLATES["se_residual_digits"].architecture


def run() -> None:
    """Prints the figures."""
    heading("studies")
    _rejection()
    _overhead()


def _rejection() -> None:
    """The static part of a search: making a candidate, inferring it, comparing the budget."""
    texts = [f"residual_block_{number}.filters=4..256" for number in (1, 2)]
    factors = [read_factor(text, NETWORK) for text in texts]
    subject, budget = Subject(NETWORK, TrainingSettings()), Budget(params=50_000)
    draw = random.Random(0)
    drawn = [{0: draw.randint(4, 256), 1: draw.randint(4, 256)} for _ in range(NUM_CANDIDATES)]

    begin = time.process_time()  # whatever else the machine does
    for levels in drawn:
        variant(subject, factors, levels, "", budget)
    rate = NUM_CANDIDATES / (time.process_time() - begin)
    aim = f"≥ {AIM_RATE:,} a second"
    line("candidates that are rejected before training", f"{rate:,.0f} /s", aim, rate >= AIM_RATE)


def _overhead() -> None:
    """A study's time beside that of its trainings, of five epochs each."""
    settings = TrainingSettings(dataset="digits", epochs=5, device="cpu")
    (factor,) = factors = [read_factor("learning_rate=log:1e-4..1e-2:12", NETWORK)]
    choices = combinations(Subject(NETWORK, settings), factors)
    seeds = range(NUM_RUNS // len(factor.choices()))
    planned = actions.plan(
        NETWORK, settings, factors, seeds, question=Question.SWEEP, choices=choices
    )
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        begin = time.monotonic()
        study = actions.start(home, planned)
        _wait(study)
        taken = time.monotonic() - begin
        trained = sum(run.state.seconds for run in list_runs(home))
    share = taken / trained
    name = f"a study of {NUM_RUNS} runs beside their trainings ({trained:.0f} s)"
    line(name, f"{share:.2f} times", f"≤ {AIM_SHARE} times", share <= AIM_SHARE)


def _wait(study: Study) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while study_folder.wanted(study) is not study_folder.Wanted.DONE:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{study.id} is not done after {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.1)

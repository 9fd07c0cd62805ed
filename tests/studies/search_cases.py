"""A small network, what is searched for in it, and what a training comes to."""

from pathlib import Path

from builder.actions import studies as actions
from builder.gallery.template import block, stack
from builder.runs.run_folder import Run
from builder.studies import study_folder
from builder.studies.naming import read_factor
from builder.studies.strategies import SearchStrategy
from builder.studies.study import Question, Study
from builder.studies.variants import Budget
from builder.training.settings import TrainingSettings

NETWORK = stack(
    "small",
    block("Input", shape=(8, 8, 1)),
    block("Rescaling", 1 / 16),
    block("conv_bn_relu", 8),
    block("conv_bn_relu", 16),
    block("GlobalAveragePooling2D"),
    block("Dense", 10, activation="softmax"),
)
FIRST, SECOND = NETWORK.nodes[2].id, NETWORK.nodes[3].id
VARIED = (f"{FIRST}.filters=4..64", f"{SECOND}.filters=4..64", "learning_rate=log:1e-4..1e-1")


def accuracy_of(run: Run) -> float:
    """Best with 6,000 parameters and a learning rate of 0.01."""
    facts = run.facts
    assert run.settings is not None
    return 1 - abs(facts["params"] - 6_000) / 100_000 - abs(run.settings.learning_rate - 0.01)


def search(
    home: Path, strategy: SearchStrategy, budget: Budget | None = None, *texts: str
) -> Study:
    factors = [read_factor(text, NETWORK) for text in texts or VARIED]
    planned = actions.plan(
        NETWORK,
        TrainingSettings(epochs=2),
        factors,
        [3],
        question=Question.SEARCH,
        budget=budget,
        strategy=strategy,
    )
    return study_folder.create(home, planned)

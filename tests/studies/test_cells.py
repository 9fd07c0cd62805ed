"""Cells: what a genotype becomes, and that its exported code is what was inferred."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.codegen.keras.script import to_script
from builder.network.inference import infer
from builder.studies.cells import OPERATIONS, Cell
from builder.studies.factor import Subject
from builder.studies.naming import read_factor
from builder.system.errors import BuilderError, EditError
from builder.training.settings import TrainingSettings
from tests.codegen.pretend_keras import execute
from tests.studies.search_cases import FIRST, NETWORK, SECOND

SUBJECT = Subject(NETWORK, TrainingSettings())
BOTH = Cell((FIRST, SECOND), 3)
LEVEL = [[0, "conv_3x3", 0, "identity"], [1, "separable_3x3", 0, "max_pool_3x3"]]


@st.composite
def genotypes(draw: st.DrawFn) -> list[list[Any]]:
    operations = st.sampled_from(list(OPERATIONS))
    return [
        [
            draw(st.integers(0, step)),
            draw(operations),
            draw(st.integers(0, step)),
            draw(operations),
        ]
        for step in range(draw(st.integers(1, 5)))
    ]


@given(genotypes())
def test_every_cell_is_a_network_whose_code_is_what_was_inferred(level: list[list[Any]]) -> None:
    changed = BOTH.apply(SUBJECT, level).architecture
    known = infer(changed)
    assert known.ok, known.errors
    assert known.output_shapes == infer(NETWORK).output_shapes
    made = execute(changed)
    assert list(made.outputs) == list(known.output_shapes)
    assert sum(facts.params for facts in made.facts) == known.total_params


def test_a_cell_is_a_function_that_reads_as_its_genotype() -> None:
    script = to_script(BOTH.apply(SUBJECT, LEVEL).architecture)
    assert script.count("def searched_cell(") == 1
    assert (
        """
    for filters in [8, 16]:
        x = searched_cell(x, filters)
"""
        in script
    )
    assert (
        """
    fit = conv_bn_relu(inputs, filters, kernel_size=1)
    x = conv_bn_relu(fit, filters)
    x = layers.Add()([x, fit])
"""
        in script
    )


def test_what_is_drawn_becomes_a_genotype() -> None:
    factor = Cell((FIRST,), 2)
    drawn = {
        f"{FIRST}.cell.1.left": 0,
        f"{FIRST}.cell.1.left operation": "conv_3x3",
        f"{FIRST}.cell.1.right": 0,
        f"{FIRST}.cell.1.right operation": "identity",
        f"{FIRST}.cell.2.left": 1,
        f"{FIRST}.cell.2.left operation": "separable_3x3",
        f"{FIRST}.cell.2.right": 0,
        f"{FIRST}.cell.2.right operation": "max_pool_3x3",
    }
    assert factor.dimensions().keys() == drawn.keys()
    assert factor.dimensions()[f"{FIRST}.cell.2.left"] == (0, 1)
    assert factor.level_at(drawn) == LEVEL
    assert factor.describe(LEVEL).startswith("cell conv_3x3(0)+identity(0), separable_3x3(1)")


def test_a_cell_is_typed_by_the_nodes_and_its_steps() -> None:
    assert read_factor(f"{FIRST}+{SECOND}.cell=4", NETWORK) == Cell((FIRST, SECOND), 4)
    for text in (f"{FIRST}.cell=3,4", f"{FIRST}.cell=0", f"{FIRST}.cell=none", "nothing.cell=2"):
        with pytest.raises(BuilderError):
            read_factor(text, NETWORK)


@pytest.mark.parametrize("level", [[[1, "identity", 0, "identity"]], [[0, "pool", 0, "identity"]]])
def test_a_genotype_that_is_none_is_refused(level: list[list[Any]]) -> None:
    with pytest.raises(EditError, match="step 1 of the cell"):
        BOTH.apply(SUBJECT, level)


def test_blocks_that_a_cell_cannot_stand_for_are_refused() -> None:
    with pytest.raises(EditError, match="cannot become a cell"):
        Cell((NETWORK.nodes[-1].id,)).base(SUBJECT)
    with pytest.raises(EditError, match="study search"):
        BOTH.choices()

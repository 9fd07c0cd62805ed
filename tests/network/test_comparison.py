"""Two networks side by side without a training."""

import pytest

from builder.blocks.catalogue import block_type
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.comparison import NetworkComparison, compare
from builder.network.edits import add, remove, rename, set_inputs, set_parameters
from builder.network.inference import infer

DIGITS = TEMPLATES["se_residual_digits"].architecture


def compared(first: Architecture, second: Architecture) -> NetworkComparison:
    return compare(infer(first), infer(second))


def rows(found: NetworkComparison) -> list[tuple[str, str, dict[str, object]]]:
    """What differs: the labels on both sides, and the parameters."""
    return [
        (
            pair.first.node.label if pair.first else "",
            pair.second.node.label if pair.second else "",
            {each.name: each.values for each in pair.changed},
        )
        for pair in found.pairs
        if not pair.is_same
    ]


def test_a_network_does_not_differ_from_itself_nor_from_one_with_other_names() -> None:
    assert compared(DIGITS, DIGITS).num_different == 0
    renamed = rename(DIGITS, "residual_block_1", "first")
    assert rows(compared(DIGITS, renamed)) == []
    assert all(each.share in (0, None) for each in compared(DIGITS, renamed).figures)


def test_parameters_added_and_removed_blocks_are_reported_where_they_stand() -> None:
    wide = set_parameters(DIGITS, "residual_block_1", {"filters": 48})
    other = add(wide, block_type("Dropout").create({"rate": 0.25}), "residual_block_1")
    found = compared(DIGITS, other)
    assert rows(found) == [
        ("residual_block_1", "residual_block_1", {"filters": (32, 48)}),
        ("", "dropout_2", {}),
    ]
    back = rows(compared(other, DIGITS))
    assert back == [
        ("residual_block_1", "residual_block_1", {"filters": (48, 32)}),
        ("dropout_2", "", {}),
    ]
    figures = {each.name: each for each in found.figures}
    params = figures["parameters"]
    assert params.values == (infer(DIGITS).total_params, infer(other).total_params)
    assert params.share == pytest.approx(params.values[1] / params.values[0] - 1)
    assert figures["blocks"].values == (len(DIGITS.nodes), len(DIGITS.nodes) + 1)


def test_another_connection_is_a_difference() -> None:
    base = Architecture("net")
    base = add(base, block_type("Input").create({"shape": (8, 8, 4)}))
    base = add(base, block_type("Conv2D").create({"filters": 4, "padding": "same"}))
    base = add(base, block_type("ReLU").create({}))
    first, conv, relu = base
    skip = set_inputs(base, relu.id, [first.id])
    (found,) = rows(compared(base, skip))
    assert found[2] == {"reads": (conv.label, first.label)}


def test_of_a_broken_network_no_half_figure_is_reported() -> None:
    broken = remove(DIGITS, [next(iter(DIGITS)).id])
    figures = {each.name: each.values for each in compared(DIGITS, broken).figures}
    assert figures["parameters"][1] is None
    assert figures["blocks"][1] == len(DIGITS.nodes) - 1


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "small_residual"])
def test_networks_that_have_little_in_common_are_shown_whole(name: str) -> None:
    other = TEMPLATES[name].architecture
    found = compared(DIGITS, other)
    firsts = [pair.first.node.id for pair in found.pairs if pair.first]
    seconds = [pair.second.node.id for pair in found.pairs if pair.second]
    assert firsts == [node.id for node in DIGITS]
    assert seconds == [node.id for node in other]

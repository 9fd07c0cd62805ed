"""What an edit did, in words."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.blocks.catalogue import block_type
from builder.custom_blocks.changing import redefine
from builder.custom_blocks.grouping import define, group, unpack
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.differences import describe

NET = stack(
    "net",
    block("Input", shape=(8, 8, 3)),
    block("Conv2D", 8, padding="same"),
    block("Conv2D", 8, padding="same"),
    block("residual_block", 8),
    block("ReLU"),
)
MERGED = edits.connect(edits.add(NET, block("Add")), "conv2d_1", "add_1")
DOUBLED = edits.connect(MERGED, "conv2d_1", "add_1")
OWN = group(NET, ("conv2d_1",), "own")
OWN_TWICE = edits.duplicate(OWN, "own_1")
LARGER, _ = define(NET, ("conv2d_1", "conv2d_2"), "own")


def both(change: Callable[[Architecture, str], Architecture]) -> Architecture:
    return change(change(NET, "conv2d_1"), "conv2d_2")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (NET, edits.set_parameters(NET, "conv2d_2", {"filters": 4}), "set filters of conv2d_2"),
        (
            NET,
            edits.set_parameters(NET, "conv2d_2", {"filters": 4, "kernel_size": 5}),
            "set 2 parameters of conv2d_2",
        ),
        (
            NET,
            both(lambda a, node: edits.set_parameters(a, node, {"activation": "relu"})),
            "set activation of 2 nodes",
        ),
        (NET, edits.repeat(NET, "conv2d_2", 3), "set repeat of conv2d_2"),
        (NET, edits.rename(NET, "conv2d_2", "stem"), "rename conv2d_2 to stem"),
        (NET, edits.add(NET, block("Flatten"), "conv2d_1"), "add flatten_1"),
        (NET, edits.remove(NET, ["conv2d_2"]), "remove conv2d_2"),
        (NET, edits.remove(NET, ["conv2d_2", "re_lu_1"]), "remove 2 nodes"),
        (NET, edits.move(NET, "re_lu_1", "input_1"), "move re_lu_1"),
        (NET, edits.move(NET, "conv2d_1", "re_lu_1"), "move conv2d_1"),
        (
            NET,
            edits.replace_block(NET, "conv2d_2", block_type("SeparableConv2D")),
            "replace conv2d_2 by SeparableConv2D",
        ),
        (NET, group(NET, ("conv2d_1", "conv2d_2"), "pair"), "make pair of 2 nodes"),
        (NET, unpack(NET, "residual_block_1"), "unpack residual_block_1"),
        (OWN, redefine(OWN, LARGER), "update own_1"),
        (OWN_TWICE, redefine(OWN_TWICE, LARGER), "update own in 2 places"),
        (NET, edits.connect(MERGED, "conv2d_2", "add_1"), "add add_1"),
        (MERGED, edits.connect(MERGED, "conv2d_2", "add_1"), "connect conv2d_2 to add_1"),
        (MERGED, edits.disconnect(MERGED, "conv2d_1", "add_1"), "disconnect conv2d_1 from add_1"),
        (
            DOUBLED,
            edits.disconnect(DOUBLED, "conv2d_1", "add_1"),
            "disconnect conv2d_1 from add_1",
        ),
        (
            MERGED,
            edits.connect(MERGED, "conv2d_2", "add_1", 0),
            "change what add_1 reads",
        ),
        (NET, edits.rename_architecture(NET, "better"), "rename the network to better"),
        (NET, replace(NET, outputs=("conv2d_2",)), "change the network's outputs"),
        (NET, NET.with_nodes(NET.nodes[::-1]), "change the network"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_edit_is_reported_in_words(
    before: Architecture, after: Architecture, words: str
) -> None:
    assert describe(before, after) == words


def test_several_nodes_for_several_others_are_counted() -> None:
    other = edits.remove(NET, ["conv2d_1", "conv2d_2"])
    for name in ("Flatten", "Dense", "Dropout"):
        other = edits.add(other, block(name))
    assert describe(NET, other) == "replace 2 nodes by 3"


@given(st.data())
def test_any_two_networks_differ_in_words(data: st.DataObject) -> None:
    some = st.sampled_from(list(TEMPLATES.values()))
    before, after = (data.draw(some).architecture for _ in range(2))
    kept = data.draw(st.lists(st.sampled_from(after.nodes), unique_by=lambda node: node.id))
    assert describe(before, after.with_nodes(kept))
    assert describe(after, after.with_nodes(kept))

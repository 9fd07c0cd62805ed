"""The inspector of several nodes, driven without a browser."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.documents.workspace import Workspace
from builder.gallery.template import block, stack
from builder.network.architecture import Architecture
from components import state
from tests.components.driven import button, settled, unfold
from tests.components.test_design_page import open_page, send, texts

NET = stack(
    "net",
    block("Input", shape=(32, 32, 3)),
    block("Conv2D", 8, padding="same", activation="relu"),
    block("Conv2D", 16, 5, padding="same", use_bias=False),
    block("MaxPooling2D"),
    block("Flatten"),
    block("Dense", 10, activation="softmax"),
)
CONVOLUTIONS = ("conv2d_1", "conv2d_2")


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    return workspace.create(NET)


def selecting(document: str, *nodes: str) -> AppTest:
    at = open_page(document)
    return send(at, {"op": "select", "node": nodes[0], "others": list(nodes[1:])})


def field(widgets: Any, name: str) -> Any:
    """The widget of a shared parameter; several may have one name."""
    return next(w for w in widgets if f":p:{name}" in str(w.key))


def values(workspace: Workspace, document: str, name: str) -> list[Any]:
    nodes = architecture(workspace, document).nodes
    return [getattr(node.block, name) for node in nodes if hasattr(node.block, name)]


def architecture(workspace: Workspace, document: str) -> Architecture:
    return workspace.open(document).architecture


def test_one_change_sets_all_and_one_undo_takes_it_back(
    workspace: Workspace, document: str
) -> None:
    at = selecting(document, *CONVOLUTIONS)
    assert ">2 blocks</p>" in texts(at)
    assert "3,424" in texts(at), "the parameters of both"
    filters = field(at.number_input, "filters")
    assert (filters.value, filters.placeholder) == (None, "mixed")
    settled(filters.set_value(24).run())
    assert values(workspace, document, "filters") == [24, 24]
    assert field(at.number_input, "filters").value == 24
    settled(button(at, "cs-undo").click().run())
    assert architecture(workspace, document) == NET
    assert field(at.number_input, "filters").value is None


def test_what_differs_is_shown_as_mixed_whatever_it_is(workspace: Workspace, document: str) -> None:
    at = selecting(document, *CONVOLUTIONS)
    activation, bias = field(at.selectbox, "activation"), field(at.selectbox, "use_bias")
    assert (activation.value, activation.placeholder) == (None, "mixed")
    assert (bias.value, bias.options) == (None, ["on", "off"])
    assert field(at.selectbox, "padding").value == "same", "what is equal is shown as ever"
    settled(activation.select("none").run())
    settled(field(at.selectbox, "use_bias").select("on").run())
    settled(field(at.number_input, "kernel_size").set_value(7).run())
    assert values(workspace, document, "activation") == [None, None, "softmax"]
    assert values(workspace, document, "use_bias") == [True, True, True]
    assert values(workspace, document, "kernel_size") == [7, 7]
    assert field(at.toggle, "use_bias").value is True


def test_blocks_of_several_types_share_what_means_the_same(
    workspace: Workspace, document: str
) -> None:
    at = selecting(document, "dense_1", *CONVOLUTIONS)
    shown = texts(at)
    assert ">3 blocks</p>" in shown
    assert ">All 3</h6>" in shown
    assert ">conv2d_1, conv2d_2</h6>" in shown
    settled(field(at.selectbox, "activation").select("gelu").run())
    assert values(workspace, document, "activation") == ["gelu"] * 3
    at = selecting(document, "max_pooling2d_1", "flatten_1")
    assert "no parameter in common" in texts(at)


def test_a_refused_value_changes_none_and_stays_in_its_field(
    workspace: Workspace, document: str
) -> None:
    at = selecting(document, *CONVOLUTIONS)
    settled(field(at.number_input, "filters").set_value(0).run())
    assert "expected a whole number from 1 to 65,536" in texts(at)
    assert field(at.number_input, "filters").value == 0
    assert architecture(workspace, document) == NET


def test_several_numbers_may_be_typed_one_by_one(workspace: Workspace, document: str) -> None:
    at = selecting(document, *CONVOLUTIONS)
    split = next(b for b in at.button if str(b.key).endswith(":p:kernel_size:switch"))
    settled(split.click().run())
    first, second = (w for w in at.number_input if ":p:kernel_size" in str(w.key))
    assert (first.value, second.value) == (None, None)
    settled(first.set_value(3).run())
    first, second = (w for w in at.number_input if ":p:kernel_size" in str(w.key))
    assert (first.value, second.value) == (3, None), "what was typed first waits for the second"
    assert architecture(workspace, document) == NET
    settled(second.set_value(1).run())
    assert values(workspace, document, "kernel_size") == [(3, 1), (3, 1)]


def test_texts_and_kinds_can_be_mixed_too(workspace: Workspace) -> None:
    lasso = {"kind": "L1", "l1": 0.5}
    document = workspace.create(
        stack(
            "net",
            block("Input", shape=(8, 8, 3)),
            block("Conv2D", kernel_regularizer=lasso),
            block("Dropout", 0.25),
            block("Conv2D"),
            block("Dropout", 0.5),
        )
    )
    at = selecting(document, "conv2d_1", "conv2d_2", "dropout_1", "dropout_2")
    rate = field(at.text_input, "rate")
    assert (rate.value, rate.placeholder) == ("", "mixed")
    settled(rate.set_value("1/10").run())
    assert values(workspace, document, "rate") == [0.1, 0.1]
    unfold(at, "More")
    regularizer = field(at.selectbox, "kernel_regularizer")
    assert (regularizer.value, regularizer.placeholder) == (None, "mixed")
    settled(regularizer.select("L2").run())
    penalties = values(workspace, document, "kernel_regularizer")
    assert penalties[0] == penalties[1] != lasso
    settled(field(at.selectbox, "kernel_regularizer").select("none").run())
    assert values(workspace, document, "kernel_regularizer") == [None, None]


def test_all_are_repeated_or_replaced_at_once(workspace: Workspace, document: str) -> None:
    at = selecting(document, *CONVOLUTIONS)
    repeat = next(w for w in at.number_input if str(w.key).endswith(":repeat"))
    settled(repeat.set_value(2).run())
    assert [node.repeat for node in architecture(workspace, document)] == [1, 2, 2, 1, 1, 1]
    chosen = next(w for w in at.selectbox if str(w.key).endswith(":block"))
    settled(chosen.select("SeparableConv2D").run())
    after = architecture(workspace, document)
    assert [node.id for node in after][1:3] == ["separable_conv2d_1", "separable_conv2d_2"]
    assert [node.block.values()["filters"] for node in after.nodes[1:3]] == [8, 16]
    assert ">2 blocks</p>" in texts(at), "they are still selected"
    assert len(workspace._sessions[document].history.past) == 2  # pyright: ignore[reportPrivateUsage]  each was one edit


def test_a_node_that_is_gone_in_the_meantime_spoils_no_other(
    workspace: Workspace, document: str
) -> None:
    at = selecting(document, *CONVOLUTIONS)
    filters = field(at.number_input, "filters")
    workspace.edit(document, lambda a: a.with_nodes([n for n in a if n.id != "conv2d_2"]))
    settled(filters.set_value(24).run())
    assert values(workspace, document, "filters") == [8]
    assert at.exception == []

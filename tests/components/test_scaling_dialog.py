"""The dialog that scales the network, driven without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest  # its name marks these tests as drawing pages

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.gallery.template import block
from builder.network.edits import add
from builder.transforms.scaling import PUBLISHED, scale
from components import state
from tests.components.driven import button, settled
from tests.components.test_design_page import field, open_page, texts

SMALL = TEMPLATES["efficientnet_b0"].architecture


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    return workspace.create(SMALL)


def opened(document: str) -> AppTest:
    at = open_page(document)
    button(at, "cs-menu-scale").click().run()
    return settled(at)


def test_a_published_scaling_is_shown_then_applied_as_one_edit(
    workspace: Workspace, document: str
) -> None:
    at = opened(document)
    assert "<b>1.92</b>, near 2" in texts(at)
    field(at.selectbox, "preset").select("EfficientNet-B1").run()
    shown = texts(settled(at))
    assert "7,856,239" in shown
    assert "240×240×3" in shown
    assert workspace.open(document).architecture == SMALL
    button(at, "cs-scale-apply").click().run()
    scaled = TEMPLATES["efficientnet_b1"].architecture
    assert workspace.open(document).architecture.nodes == scaled.nodes
    assert "cs-dialog" not in settled(at).session_state
    button(at, "cs-undo").click().run()
    assert workspace.open(document).architecture == SMALL


def test_factors_are_typed_refused_and_given_up(workspace: Workspace, document: str) -> None:
    before = workspace.store.revision(document)
    at = opened(document)
    field(at.text_input, "phi").set_value("0").run()
    assert button(settled(at), "cs-scale-apply").disabled
    field(at.text_input, "phi").set_value("99").run()
    assert "expected a number from -4 to 8" in texts(settled(at))
    field(at.text_input, "phi").set_value("1").run()
    assert not button(settled(at), "cs-scale-apply").disabled
    field(at.text_input, "phi").set_value("abc").run()
    assert "received &#x27;abc&#x27;" in texts(settled(at))
    assert button(at, "cs-scale-apply").disabled
    button(at, "cs-scale-cancel").click().run()
    assert workspace.store.revision(document) == before
    assert "cs-dialog" not in settled(at).session_state


def test_a_refused_factor_stops_a_press_that_came_at_once(
    workspace: Workspace, document: str
) -> None:
    before = workspace.store.revision(document)
    at = opened(document)
    field(at.text_input, "phi").set_value("abc")
    button(at, "cs-scale-apply").click().run()
    assert workspace.store.revision(document) == before
    assert "received &#x27;abc&#x27;" in texts(settled(at))


def test_a_factor_typed_right_before_the_press_counts(workspace: Workspace, document: str) -> None:
    at = opened(document)
    field(at.selectbox, "preset").select("EfficientNet-B1").run()
    field(at.selectbox, "preset").select("EfficientNet-B2")
    button(at, "cs-scale-apply").click().run()
    scaled = scale(SMALL, PUBLISHED["EfficientNet-B2"].scaling)
    assert workspace.open(document).architecture.nodes == scaled.nodes


def test_a_factor_that_breaks_the_network_stops_a_press_that_came_at_once(
    workspace: Workspace,
) -> None:
    lenet = TEMPLATES["lenet5"].architecture
    document = workspace.create(lenet)
    at = opened(document)
    field(at.text_input, "resolution").set_value("0.1")
    button(at, "cs-scale-apply").click().run()
    assert workspace.open(document).architecture == lenet
    assert "does not fit" in texts(settled(at))


def test_a_broken_network_is_scaled_with_partial_figures_which_is_said(
    workspace: Workspace,
) -> None:
    broken = add(TEMPLATES["lenet5"].architecture, block("Conv2D", 8, 3))
    at = opened(workspace.create(broken))
    assert "The network has 1 problem already, so the figures are partial." in texts(at)
    assert not button(at, "cs-scale-apply").disabled


def test_a_scaling_that_breaks_the_network_cannot_be_applied(workspace: Workspace) -> None:
    at = opened(workspace.create(TEMPLATES["lenet5"].architecture))
    field(at.text_input, "resolution").set_value("0.1").run()
    assert "does not fit" in texts(settled(at))
    assert button(at, "cs-scale-apply").disabled


def test_depth_says_what_it_repeats_and_where_it_can_do_nothing(workspace: Workspace) -> None:
    at = opened(workspace.create(TEMPLATES["se_residual_digits"].architecture))
    shown = texts(at)
    assert "residual_block_1 ×1 → ×2, residual_block_3 is new." in shown
    assert "The MACs become ×2.28; the factors ask for ×1.92: depth ×1.49 of ×1.20" in shown
    assert "<i>reads the image</i> 1" in shown
    at = opened(workspace.create(TEMPLATES["mini_xception"].architecture))
    shown = texts(at)
    assert "Depth ×1.20 changes nothing here." in shown
    assert shown.count("<i>changes the shape</i> 1") == 5
    field(at.text_input, "depth").set_value("0.5").run()
    assert "No block is repeated, so there is none to take away." in texts(settled(at))
    at = opened(workspace.create(SMALL))  # whose blocks are repeated, at most four times
    field(at.text_input, "phi").set_value("-1").run()
    assert "changes nothing here. <" in texts(settled(at))
    assert "The number of blocks is rounded up" in texts(at)

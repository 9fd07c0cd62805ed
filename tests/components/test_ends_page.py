"""Inputs and outputs on the page: their order, keys, and a further output."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from components import state
from tests.components.driven import button, settled
from tests.components.test_design_page import open_page, texts
from tests.network.test_ends import KEYED, NET


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return state.workspace()


def opened(workspace: Workspace, network: Architecture) -> tuple[AppTest, Any]:
    document = workspace.create(network)
    return open_page(document), lambda: workspace.open(document).architecture


def field(widgets: Any, part: str) -> Any:
    return next(w for w in widgets if part in str(w.key))


def test_the_order_is_shown_and_changed(workspace: Workspace) -> None:
    at, now = opened(workspace, NET.with_outputs(("box", "klass")))
    assert "2 <b>klass</b>" in texts(at)
    settled(button(at, "cs-end-earlier-outputs-1").click().run())
    assert now().outputs == ("klass", "box")
    settled(button(at, "cs-end-earlier-inputs-1").click().run())
    assert now().inputs == ("b", "a")
    settled(button(at, "cs-end-drop-outputs-0").click().run())
    assert now().output_ids == ("box",)


def test_what_is_folded_is_drawn_once_it_is_unfolded(workspace: Workspace) -> None:
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    at = open_page(document)
    assert not [box for box in at.selectbox if "cs-end-more" in str(box.key)]
    at.session_state[f"cs-ends-{document}-False"] = True
    settled(at.run())
    settled(field(at.selectbox, "cs-end-more").select("dense_1").run())
    # There are two outputs now: it stays unfolded.
    assert workspace.open(document).architecture.outputs == ("dense_1", "dense_1")
    assert button(at, "cs-end-drop-outputs-1")


def test_a_further_output_is_chosen_and_found_by_a_key(workspace: Workspace) -> None:
    at, now = opened(workspace, NET)
    settled(field(at.selectbox, "cs-end-more").select("klass").run())
    assert now().outputs == ("box", "klass")
    settled(field(at.toggle, "outputs:by-key").set_value(True).run())
    assert now().output_keys == ("box", "klass")
    settled(field(at.text_input, "outputs:1:klass:key").set_value("label").run())
    assert now().output_keys == ("box", "label")
    settled(field(at.text_input, "outputs:1:klass:key").set_value("box").run())
    assert now().output_keys == ("box", "label")
    assert "two outputs have the key" in texts(at)


def test_keys_are_taken_away(workspace: Workspace) -> None:
    at, now = opened(workspace, KEYED)
    settled(field(at.toggle, "inputs:by-key").set_value(False).run())
    assert (now().inputs, now().input_keys) == (("b", "a"), ())
    assert now().output_keys == KEYED.output_keys

"""Presses on fields that do not show yet what another tab has set."""

import pytest
from streamlit.testing.v1 import AppTest

from builder.documents.workspace import Workspace
from builder.network import edits
from tests.components.boards import board_of, do
from tests.components.driven import settled
from tests.components.test_design_page import document, open_page, workspace

pytestmark = pytest.mark.page
assert document, workspace  # fixtures

NODE = "residual_block_2"
THEIRS: dict[str, tuple[str, object, object, str]] = {
    "filters": ("number_input", 48, 96, f"set filters of {NODE} to 48"),
    "repeat": ("number_input", 2, 3, f"set repeat of {NODE} to 2"),
    "name": ("text_input", "stem", "trunk", f"rename {NODE} to stem"),
    "reads": ("selectbox", "rescaling_1", "input_1", f"change what {NODE} reads"),
}
"""By field: its kind, what another tab chooses, what this one does, and what is said of it."""


def choose(at: AppTest, kind: str, name: str, value: object) -> None:
    field = next(each for each in getattr(at, kind) if str(each.key).endswith(f":{name}"))
    settled(field.set_value(value).run())


def said(at: AppTest) -> list[str]:
    return [toast.value.replace("\\", "") for toast in at.toast]


@pytest.mark.parametrize("name", THEIRS)
def test_a_press_says_so_where_it_replaces_what_another_tab_has_set_meanwhile(
    workspace: Workspace, document: str, name: str
) -> None:
    kind, theirs, ours, told = THEIRS[name]
    one, other = open_page(document, NODE), open_page(document, NODE)
    choose(other, kind, name, theirs)
    set_by_other = workspace.open(document).architecture
    choose(one, kind, name, ours)
    assert said(one) == [f"Replaced: {told} (made in another tab). Undo brings it back."]
    choose(one, kind, name, theirs)
    assert said(one) == [], "it was seen by then"
    workspace.undo(document)
    assert workspace.undo(document).architecture == set_by_other


def test_a_press_beside_what_another_tab_has_set_needs_no_word(
    workspace: Workspace, document: str
) -> None:
    one, other = open_page(document, NODE), open_page(document, NODE)
    choose(other, "number_input", "filters", 48)
    choose(one, "number_input", "repeat", 2)
    assert said(one) == []
    node = workspace.open(document).architecture.by_id[NODE]
    assert (node.block.values()["filters"], node.repeat) == (48, 2)


def test_nor_does_one_over_ones_own_that_the_page_has_not_drawn_yet(
    workspace: Workspace, document: str
) -> None:
    one, other = open_page(document, NODE), open_page(document, NODE)
    choose(other, "number_input", "repeat", 2)
    do(board_of(one, document), {"op": "repeat", "node": NODE, "times": 4})
    choose(one, "number_input", "repeat", 5)
    assert said(one) == []
    assert workspace.open(document).architecture.by_id[NODE].repeat == 5


def test_a_press_on_a_field_of_a_node_that_another_tab_has_removed_is_answered(
    workspace: Workspace, document: str
) -> None:
    one = open_page(document, NODE)
    removed = workspace.edit(document, lambda a: edits.remove(a, [NODE]), author="other")
    choose(one, "number_input", "filters", 48)
    assert said(one) == [f"There is no node '{NODE}' in this architecture."]
    assert workspace.open(document).architecture == removed.architecture

"""A person's own blocks on the Design page, driven without a browser."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.custom_blocks.exposing import candidates
from builder.custom_blocks.grouping import define, group
from builder.documents.library import available
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.network.own_block import OwnBlock
from components import state
from components.board.state import palette
from tests.components.driven import button, settled
from tests.components.test_design_page import field, open_page, send, texts

SMALL = TEMPLATES["small_residual"].architecture
PAIR = ("residual_block_2", "residual_block_3")


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    return workspace.create(SMALL)


def architecture(workspace: Workspace, document: str) -> Architecture:
    return workspace.open(document).architecture


def asked(widgets: Any, part: str) -> Any:
    return next(w for w in widgets if str(w.key).startswith(f"cs-group-{part}"))


def fill_in(at: AppTest, name: str) -> AppTest:
    """Asks for a block of both residual blocks with their first parameter exposed."""
    settled(button(at, "cs-make-block").click().run())
    settled(asked(at.multiselect, "nodes").set_value(list(PAIR)).run())
    settled(asked(at.text_input, "name").set_value(name).run())
    settled(asked(at.text_input, "summary").set_value("The wide end.").run())
    offered = asked(at.multiselect, "exposed")
    assert offered.options[0] == "filters = 64 (residual_block_2)"
    return settled(offered.set_value(offered.options[:1]).run())


def test_a_selection_becomes_a_block_that_is_kept_and_placed_again(
    workspace: Workspace, document: str
) -> None:
    at = fill_in(open_page(document, "residual_block_2"), "body")
    settled(asked(at.text_input, "as-").set_value("width").run())
    assert "def body(inputs, width):" in at.code[0].value
    settled(button(at, "cs-group-make").click().run())
    made = architecture(workspace, document).by_id["body_1"]
    assert made.block.values() == {"width": 64}
    assert type(made.block).summary() == "The wide end."
    assert infer(architecture(workspace, document)).total_params == 297_697
    assert [type(made.block)] == list(workspace.library.blocks().values())
    settled(field(at.number_input, "width").set_value(32).run())
    assert architecture(workspace, document).by_id["body_1"].block.values() == {"width": 32}
    other = workspace.create(SMALL)
    shown = palette(available(architecture(workspace, other), workspace.library))[-1]
    assert (shown["label"], [b["block"] for b in shown["blocks"]]) == ("Your blocks", ["body"])
    send(open_page(other), {"op": "add", "block": "body", "after": "rescaling_1"})
    assert architecture(workspace, other).by_id["body_1"].inputs == ("rescaling_1",)


def test_what_is_typed_right_before_the_press_counts(workspace: Workspace, document: str) -> None:
    at = fill_in(open_page(document, "residual_block_2"), "body")
    settled(button(at, "cs-group-make").click().run())
    other = workspace.create(SMALL)
    at = fill_in(open_page(other, "residual_block_2"), "early")
    asked(at.text_input, "name").set_value("late")
    asked(at.text_input, "as-").set_value("width")
    settled(button(at, "cs-group-make").click().run())
    assert architecture(workspace, other).by_id["late_1"].block.values() == {"width": 64}
    kept = workspace.library.blocks()
    assert list(kept) == ["body", "late"]
    # A name that the library has for another block does not replace that unasked.
    again = workspace.create(SMALL)
    at = fill_in(open_page(again, "residual_block_2"), "early")
    asked(at.text_input, "name").set_value("body")
    asked(at.text_input, "summary").set_value("Another one.")
    settled(button(at, "cs-group-make").click().run())
    assert "body_1" in architecture(workspace, again)
    assert workspace.library.blocks() == kept


def test_what_cannot_be_a_block_is_said_before_it_is_tried(
    workspace: Workspace, document: str
) -> None:
    at = fill_in(open_page(document, "residual_block_2"), "Conv2D")
    assert "There is a block named Conv2D already" in texts(at)
    assert button(at, "cs-group-make").disabled
    settled(asked(at.text_input, "name").set_value("a" * 65).run())
    assert "expected letters, digits and _ (no digit first, at most 64)" in texts(at)
    assert button(at, "cs-group-make").disabled
    settled(asked(at.text_input, "name").set_value("fine").run())
    settled(asked(at.multiselect, "nodes").set_value(["residual_block_2", "dense_1"]).run())
    assert "these would have 2" in texts(at)
    assert architecture(workspace, document) == SMALL


def test_unpacking_is_one_edit(workspace: Workspace, document: str) -> None:
    at = open_page(document, "residual_block_2")
    settled(button(at, "cs-unpack").click().run())
    opened = architecture(workspace, document)
    assert "residual_block_2" not in opened
    assert infer(opened).total_params == 297_697
    assert state.workspace().open(document).can_undo
    settled(button(at, "cs-undo").click().run())
    assert architecture(workspace, document) == SMALL


def test_a_layer_offers_no_unpacking_and_an_input_nothing(document: str) -> None:
    keys = {b.key for b in open_page(document, "dense_1").button}
    assert "cs-make-block" in keys
    assert "cs-unpack" not in keys
    assert "cs-make-block" not in {b.key for b in open_page(document, "input_1").button}


def test_network_and_library_are_brought_together(workspace: Workspace, document: str) -> None:
    made = group(SMALL, PAIR, "body", candidates(SMALL, PAIR)[:1])
    workspace.edit(document, lambda _: made)
    at = open_page(document, "body_1")
    settled(button(at, "cs-keep-block").click().run())
    assert list(workspace.library.blocks()) == ["body"]
    assert "cs-keep-block" not in {b.key for b in at.button}
    other, _ = define(SMALL, PAIR[1:], "body")
    workspace.library.save(other)
    settled(at.run())
    settled(button(at, "cs-update-block").click().run())
    block = architecture(workspace, document).by_id["body_1"].block
    assert isinstance(block, OwnBlock)
    assert block.definition == other


def test_the_library_adds_deletes_and_brings_back(workspace: Workspace, document: str) -> None:
    definition, _ = define(SMALL, PAIR, "body")
    workspace.library.save(definition)
    (workspace.library.folder / "broken.json").write_text("{")
    at = open_page(document, "rescaling_1")
    settled(button(at, "cs-menu-your-blocks").click().run())
    assert "broken cannot be used" in texts(at)
    settled(button(at, "cs-library-delete-body").click().run())
    assert workspace.library.blocks() == {}
    settled(button(at, "cs-library-undo-body").click().run())
    settled(button(at, "cs-library-add-body").click().run())
    after = architecture(workspace, document)
    assert after.by_id["body_1"].inputs == ("rescaling_1",)
    assert edits.remove(after, ["body_1"]) == SMALL


def test_two_blocks_of_one_name_are_not_taken_for_each_other(
    workspace: Workspace, document: str
) -> None:
    workspace.edit(document, lambda _: group(SMALL, PAIR, "body"))
    workspace.library.save(define(SMALL, PAIR[1:], "body")[0])
    at = open_page(document, "rescaling_1")
    settled(button(at, "cs-menu-your-blocks").click().run())
    for key, owner in (("library-add", "This network"), ("inside-keep", "Your library")):
        refused = button(at, f"cs-{key}-body")
        assert refused.disabled
        assert refused.help == f"{owner} has another block of this name: rename one"
    settled(button(at, "cs-library-delete-body").click().run())
    settled(button(at, "cs-inside-keep-body").click().run())
    assert not [b for b in at.button if b.key == "cs-library-undo-body"], "its name is taken"
    assert not button(at, "cs-library-add-body").disabled


def test_a_block_is_renamed_in_library_and_network_and_back(
    workspace: Workspace, document: str
) -> None:
    made = group(SMALL, PAIR, "body")
    workspace.edit(document, lambda _: made)
    workspace.library.save(define(SMALL, PAIR, "body")[0])
    workspace.library.save(define(SMALL, PAIR[1:], "other")[0])
    at = open_page(document, "rescaling_1")
    settled(button(at, "cs-menu-your-blocks").click().run())
    name = at.text_input(key="cs-library:body:name")
    settled(name.set_value("other").run())
    assert "the library has another block named 'other'" in texts(at).replace("&#x27;", "'")
    settled(at.text_input(key="cs-library:body:name").set_value("trunk").run())
    assert list(workspace.library.blocks()) == ["other", "trunk"]
    assert type(architecture(workspace, document).by_id["body_1"].block).type_name() == "trunk"
    assert "Renamed body to trunk here and in your library" in [m.value for m in at.markdown]
    settled(button(at, "cs-rename-undo").click().run())
    assert list(workspace.library.blocks()) == ["body", "other"]
    assert architecture(workspace, document) == made


def test_what_a_network_cannot_be_given_is_not_renamed_in_the_library_either(
    workspace: Workspace, document: str
) -> None:
    made = group(group(SMALL, PAIR[:1], "head"), PAIR[1:], "body")
    workspace.edit(document, lambda _: made)
    workspace.library.save(define(SMALL, PAIR[1:], "body")[0])
    at = open_page(document, "rescaling_1")
    settled(button(at, "cs-menu-your-blocks").click().run())
    settled(at.text_input(key="cs-library:body:name").set_value("head").run())
    assert "is taken" in texts(at)
    assert list(workspace.library.blocks()) == ["body"]
    assert architecture(workspace, document) == made


def test_a_block_that_only_the_network_has_is_renamed_as_an_edit(
    workspace: Workspace, document: str
) -> None:
    made = group(SMALL, PAIR, "body")
    workspace.edit(document, lambda _: made)
    at = open_page(document, "rescaling_1")
    settled(button(at, "cs-menu-your-blocks").click().run())
    settled(at.text_input(key="cs-inside:body:name").set_value("trunk").run())
    assert type(architecture(workspace, document).by_id["body_1"].block).type_name() == "trunk"
    settled(button(at, "cs-inside-keep-trunk").click().run())
    assert list(workspace.library.blocks()) == ["trunk"]
    settled(button(at, "cs-undo").click().run())
    assert architecture(workspace, document) == made


def test_the_stack_asks_for_a_block_of_what_is_selected(
    workspace: Workspace, document: str
) -> None:
    at = open_page(document)
    send(at, {"op": "group", "node": PAIR[1], "others": [PAIR[0]]})
    assert asked(at.multiselect, "nodes").value == [PAIR[0], PAIR[1]], "as in the stack"
    settled(button(at, "cs-group-make").click().run())
    assert type(architecture(workspace, document).by_id["my_block_1"].block).__name__ == "my_block"


def test_a_block_of_the_library_is_not_replaced_unasked(
    workspace: Workspace, document: str
) -> None:
    other, _ = define(SMALL, PAIR[1:], "body")
    workspace.library.save(other)
    at = fill_in(open_page(document, "residual_block_2"), "body")
    assert "Your library has another block named body" in texts(at)
    settled(button(at, "cs-group-make").click().run())
    assert "body_1" in architecture(workspace, document)
    assert workspace.library.blocks()["body"].definition == other
    second = workspace.create(SMALL)
    at = fill_in(open_page(second, "residual_block_2"), "body")
    switch = next(box for box in at.checkbox if box.label == "Replace it in your library")
    settled(switch.set_value(True).run())
    settled(button(at, "cs-group-make").click().run())
    made = architecture(workspace, second).by_id["body_1"].block
    assert workspace.library.blocks()["body"] is type(made)
    workspace.library.restore("body")
    assert workspace.library.blocks()["body"].definition == other

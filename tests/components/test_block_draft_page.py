"""Editing an own block in all its places on the Design page, driven without a browser."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from builder.custom_blocks.changing import change_blocks
from builder.documents.workspace import Workspace
from builder.files.document_file import parse, to_text
from builder.gallery.template import block
from builder.network import edits
from builder.network.architecture import Architecture
from builder.network.own_block import OwnBlock, definitions_in
from builder.network.own_block_type import own_block
from builder.system.errors import FormatError
from components import state
from tests.components.driven import button, settled
from tests.components.test_design_page import open_page, texts
from tests.components.train.test_train_page import open_page as open_train_page
from tests.custom_blocks.test_editing import PAIR, places


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    return workspace.create(replace(places(), name="three pairs"))


def network(workspace: Workspace, document: str) -> Architecture:
    return workspace.open(document).architecture


def begun(workspace: Workspace, document: str, node: str = "pair_1") -> tuple[AppTest, str]:
    """A page with the inside of a node's block, and the id of the draft."""
    at = settled(button(open_page(document, node), "cs-edit-block").click().run())
    draft = at.query_params["doc"]
    assert draft != document
    return at, draft


def longer(architecture: Architecture) -> Architecture:
    return edits.add(architecture, block("ReLU"), "second")


def test_a_block_is_changed_in_all_its_places_by_one_edit(
    workspace: Workspace, document: str
) -> None:
    before = network(workspace, document)
    at, draft = begun(workspace, document)
    assert "Saved, it changes in all 3 places of three pairs" in texts(at).replace(
        "</b>", ""
    ).replace("<b>", "")
    workspace.edit(draft, longer)
    settled(button(at.run(), "cs-draft-save").click().run())
    assert "pair_1, pair_2, pair_3 inside outer" in texts(at)
    assert button(at, "cs-draft-apply").label == "Save in 3 places"
    settled(button(at, "cs-draft-apply").click().run())
    assert at.query_params["doc"] == document
    at.query_params["doc"] = draft  # a request sent before the browser heard of it
    at.run()
    assert at.query_params["doc"] == document
    assert "was deleted" not in texts(at)
    after = network(workspace, document)
    assert [len(own.nodes) for own in definitions_in(after)] == [4, 1]
    assert workspace.open(document).undoes.words == "update pair, outer in 3 places"  # pyright: ignore
    assert workspace.library.blocks() == {}
    assert not workspace.store.exists(draft)
    workspace.undo(document)
    assert network(workspace, document) == before


def test_what_is_lost_and_what_no_longer_belongs_together_is_reported(
    workspace: Workspace, document: str
) -> None:
    at, draft = begun(workspace, document)
    workspace.edit(draft, lambda a: edits.set_parameters(a, "second", {"filters": 24}))
    settled(button(at.run(), "cs-draft-save").click().run())
    assert "filters no longer sets second.filters, which has a value of its own now: 24" in texts(
        at
    )
    exposed = next(w for w in at.multiselect if str(w.key).startswith("cs-draft-exposed"))
    settled(exposed.set_value([]).run())
    assert "<b>pair_2</b> loses filters = <b>16</b>" in texts(at)
    assert "<b>outer</b> loses its parameter <b>filters</b>" in texts(at)
    settled(button(at, "cs-draft-apply").click().run())
    blocks = {n.id: n.block for n in network(workspace, document)}
    assert [blocks[node].values() for node in ("pair_1", "pair_2", "outer_1")] == [{}, {}, {}]


def test_a_new_parameter_and_a_wider_one_reach_the_places(
    workspace: Workspace, document: str
) -> None:
    at, draft = begun(workspace, document)
    workspace.edit(draft, lambda a: edits.add(a, block("Conv2D", 8, padding="same"), "second"))
    settled(button(at.run(), "cs-draft-save").click().run())
    sets = next(w for w in at.multiselect if str(w.key).startswith("cs-draft-sets"))
    assert sets.options == ["conv2d_2.filters", "second.filters", "conv2d_3.filters"]
    settled(sets.set_value([tuple(o.split(".")) for o in sets.options]).run())
    name = next(w for w in at.text_input if str(w.key).startswith("cs-draft-as"))
    name.set_value("width")
    settled(button(at, "cs-draft-apply").click().run())
    (pair, _) = definitions_in(network(workspace, document))
    assert [(e.name, len(e.targets)) for e in pair.parameters] == [("width", 3)]


def test_the_library_gets_it_where_asked_and_a_block_of_the_library_is_edited_alone(
    workspace: Workspace, document: str
) -> None:
    workspace.library.save(PAIR)
    at, draft = begun(workspace, document)
    workspace.edit(draft, longer)
    settled(button(at.run(), "cs-draft-save").click().run())
    keep = next(w for w in at.checkbox if str(w.key).startswith("cs-draft-keep"))
    assert (keep.label, keep.value) == ("Replace it in your library", True)
    settled(button(at, "cs-draft-apply").click().run())
    kept = workspace.library.blocks()["pair"].definition
    assert kept == definitions_in(network(workspace, document))[0] != PAIR
    empty = workspace.create(Architecture("no pair here"))
    at = settled(button(open_page(empty), "cs-menu-your-blocks").click().run())
    settled(button(at, "cs-library-edit-pair").click().run())
    alone = at.query_params["doc"]
    workspace.edit(alone, lambda a: edits.remove(a, ["re_lu_1"]))
    settled(button(at.run(), "cs-draft-save").click().run())
    settled(button(at, "cs-draft-apply").click().run())
    assert workspace.library.blocks()["pair"].definition == PAIR


def test_what_makes_no_block_is_refused_and_a_draft_is_gone_on_with(
    workspace: Workspace, document: str
) -> None:
    at, draft = begun(workspace, document)
    settled(button(at, "cs-draft-save").click().run())
    assert "Nothing has changed yet." in texts(at)
    assert button(at, "cs-draft-apply").disabled
    workspace.edit(draft, lambda a: edits.add(a, own_block(PAIR).create({}), "second"))
    settled(at.run())
    assert "A block cannot hold itself, and this one holds pair." in texts(at)
    settled(button(at, "cs-draft-cancel").click().run())
    assert begun(workspace, document)[1] == draft
    settled(button(at, "cs-draft-discard").click().run())
    assert at.query_params["doc"] == document
    assert begun(workspace, document)[1] != draft
    settled(button(at, "cs-deleted-undo").click().run())
    assert workspace.store.exists(draft)


def test_a_network_that_changed_or_went_in_the_meantime(
    workspace: Workspace, document: str
) -> None:
    at, draft = begun(workspace, document)
    workspace.edit(draft, longer)
    workspace.edit(document, lambda a: edits.set_parameters(a, "pair_1", {"filters": 32}))
    settled(button(at.run(), "cs-draft-save").click().run())
    assert "was changed in the network" not in texts(at)
    other = replace(PAIR, summary="Another one.")
    workspace.edit(document, lambda a: change_blocks(a, [other]).architecture)
    settled(at.run())
    assert "pair was changed in the network since this was opened." in texts(at)
    workspace.delete(document)
    settled(at.run())
    assert "a network that was deleted" in texts(at)
    assert button(at, "cs-draft-apply").label == "Save"
    settled(button(at, "cs-draft-apply").click().run())
    assert isinstance(workspace.library.blocks()["pair"].create({}), OwnBlock)


def test_a_draft_survives_its_file(workspace: Workspace, document: str) -> None:
    _, draft = begun(workspace, document)
    saved = workspace.open(draft).document
    read = parse(to_text(saved))
    assert read.draft == saved.draft
    assert read.draft is not None
    assert (read.draft.before, read.draft.document) == (PAIR, document)
    text = to_text(saved).replace('"draft": {', '"draft": {"x": 1}, "y": {')
    with pytest.raises(FormatError, match="draft: received"):
        parse(text)


def test_a_draft_needs_no_head_and_is_not_trained(workspace: Workspace, document: str) -> None:
    at, draft = begun(workspace, document)
    assert button(at, "cs-problems").label == "0 problems"
    at = open_train_page(draft)
    assert "the inside of the own block pair, which is not trained by itself" in texts(at)
    assert not any(str(one.key) == "cs-start" for one in at.button)
    settled(button(at, "cs-train-network").click().run())
    assert at.query_params["doc"] == document
    assert button(at, "cs-start").label

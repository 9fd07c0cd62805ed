"""The Design page, driven without a browser."""

import json
import re
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.blocks.catalogue import block_type
from builder.codegen.keras.script import to_script
from builder.documents.workspace import Workspace
from builder.files.architecture_file import to_json
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network import edits
from builder.network.architecture import Architecture
from builder.training.settings import TrainingSettings
from components import order_list, state
from components.board import Board
from components.design import inputs
from components.design.labels import literal
from tests.app_server import ROOT
from tests.components.boards import board_of, do
from tests.components.driven import button, settled

PAGE = str(ROOT / "components/pages/design.py")


@pytest.fixture
def workspace(home: Path) -> Workspace:
    """The very workspace that the page works on."""
    return state.workspace()


@pytest.fixture
def document(workspace: Workspace) -> str:
    return workspace.create(TEMPLATES["small_residual"].architecture)


def open_page(document: str | None = None, selected: str | None = None) -> AppTest:
    at = AppTest.from_file(PAGE, default_timeout=60)
    if document:
        at.query_params["doc"] = document
        board_of(at, document).select(selected)
    return settled(at.run())


def field(kind: Any, name: str) -> Any:
    """The widget of a parameter, whatever its document and node are."""
    return next(w for w in kind if str(w.key).endswith(f":{name}"))


def texts(at: AppTest) -> str:
    """All that stands in the page's own elements, with their style sheets."""
    elements: Any = at.get("html")
    return "\n".join(html.body for html in elements)


def node(workspace: Workspace, document: str, node_id: str) -> Any:
    return workspace.open(document).architecture.by_id[node_id]


def send(at: AppTest, *operations: dict[str, Any], first: int = 1) -> AppTest:
    """What the browser does: sends its operations, then has the page drawn again."""
    do(board_of(at, at.query_params["doc"]), *operations, first=first)
    return settled(at.run())


def test_without_a_document_the_small_residual_network_opens(workspace: Workspace) -> None:
    at = open_page()
    (entry,) = workspace.entries()
    assert at.query_params["doc"] == entry.id
    assert entry.name == "small_residual"
    assert "297,697" in texts(at)


def test_without_an_id_the_latest_document_opens(workspace: Workspace, document: str) -> None:
    other = workspace.create(TEMPLATES["vgg16_cifar10"].architecture)
    assert open_page().query_params["doc"] == other


def test_a_changed_parameter_is_saved_and_everything_follows(
    workspace: Workspace, document: str
) -> None:
    at = open_page(document, "residual_block_2")
    field(at.number_input, "filters").set_value(48).run()
    settled(at)
    assert node(workspace, document, "residual_block_2").block.filters == 48
    assert "255,921" in texts(at)
    button(at, "cs-undo").click().run()
    assert node(workspace, document, "residual_block_2").block.filters == 64
    assert field(at.number_input, "filters").value == 64
    button(at, "cs-redo").click().run()
    assert field(at.number_input, "filters").value == 48


def test_a_refused_name_stays_in_its_field(workspace: Workspace, document: str) -> None:
    at = open_page(document, "residual_block_2")
    field(at.text_input, "name").set_value("2nd block").run()
    assert "expected letters, digits and _" in texts(at)
    assert field(at.text_input, "name").value == "2nd block"
    assert node(workspace, document, "residual_block_2").name == ""
    field(at.text_input, "name").set_value("stage_2").run()
    assert node(workspace, document, "residual_block_2").label == "stage_2"


def test_a_reason_below_a_field_does_not_name_the_field_again(document: str) -> None:
    at = open_page(document)
    send(at, {"op": "select", "node": "rescaling_1"})
    field(at.number_input, "repeat").set_value(0).run()
    field(at.text_input, "name").set_value("two words").run()
    reasons = [html for html in texts(at).split("<p") if "cs-field-error" in html]
    assert [reason.partition(">")[2].partition("<")[0] for reason in reasons] == [
        "received &#x27;two words&#x27;, expected letters, digits and _ (no digit first)",
        "received 0, expected 1 to 200",
    ]


def test_operations_of_the_editor_are_applied_once(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    added = {"op": "add", "block": "squeeze_excitation", "after": "residual_block_1"}
    send(at, added)
    assert board_of(at, document).view.selection == "squeeze_excitation_1"
    assert field(at.number_input, "ratio").value == 16
    settled(at.run())
    assert len(workspace.open(document).architecture.nodes) == 8
    send(at, {"op": "undo"}, first=2)
    assert len(workspace.open(document).architecture.nodes) == 7


def test_a_refused_operation_is_reported_in_a_message(document: str) -> None:
    at = open_page(document)
    send(at, {"op": "move", "node": "dense_1", "after": None})
    assert "cannot stand first" in at.toast[0].value


def test_an_empty_network_is_told_what_to_do_first_and_not_that_it_is_wrong(
    workspace: Workspace,
) -> None:
    at = open_page(workspace.create(Architecture("mine")))
    told = button(at, "cs-problems")
    assert told.label == "begin with an Input"
    assert "Add an Input, then layers" in told.help
    settled(told.click().run())
    assert "No blocks yet." in texts(at)
    assert "the network is empty" not in texts(at).lower()
    send(at, {"op": "add", "block": "ReLU", "after": None})
    assert "2 problems" in button(at, "cs-problems").label


def test_a_merge_with_one_input_invites_to_choose_the_second(
    workspace: Workspace, document: str
) -> None:
    at = open_page(document)
    send(at, {"op": "add", "block": "Add", "after": "residual_block_2"})
    assert "expected 2 or more inputs, received 1" in texts(at)
    assert "1 problem" in button(at, "cs-problems").label
    send(at, {"op": "add", "block": "Activation", "after": "residual_block_2"}, first=2)
    send(at, {"op": "select", "node": "add_1"}, first=3)
    offers = [b for b in at.button if str(b.key).startswith("cs-offer-")]
    assert [b.label for b in offers] == [r"residual\_block\_2  8×8×64"]
    offers[0].click().run()
    settled(at)
    assert node(workspace, document, "add_1").inputs == ("activation_1", "residual_block_2")
    assert "0 problems" in button(at, "cs-problems").label


def test_where_nothing_fits_the_nearest_are_offered(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    send(at, {"op": "add", "block": "Add", "after": "residual_block_2"})
    assert "No shape above fits yet" in texts(at)
    button(at, "cs-offer-residual_block_1").click().run()
    assert node(workspace, document, "add_1").inputs == ("residual_block_2", "residual_block_1")
    assert "Add received 8×8×64 and 16×16×32" in texts(settled(at))


def test_inputs_can_be_chosen_in_order(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    send(at, {"op": "add", "block": "Concatenate", "after": "rescaling_1"})
    field(at.selectbox, "reads-more").select("input_1").run()
    settled(at)
    assert node(workspace, document, "concatenate_1").inputs == ("rescaling_1", "input_1")
    inputs.set_order(document, "concatenate_1", ["input_1", "rescaling_1"])
    assert node(workspace, document, "concatenate_1").inputs == ("input_1", "rescaling_1")
    workspace.undo(document)
    assert node(workspace, document, "concatenate_1").inputs == ("rescaling_1", "input_1")
    inputs.set_order(document, "concatenate_1", ["input_1"])
    assert node(workspace, document, "concatenate_1").inputs == ("input_1",)


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (["a", "b", "a"], ["a", "b", "a"]),
        (["b", "a", "a"], ["b", "a", "a"]),
        (["a"], ["a"]),
        (["a", "a", "a"], None),
        (["a", "c"], None),
        ([1], None),
        ("ab", None),
    ],
)
def test_an_order_is_one_of_what_was_shown(sent: Any, taken: list[str] | None) -> None:
    """What a browser sends of a list that has changed meanwhile counts for nothing."""
    assert order_list._order({"order": sent}, Counter(["a", "b", "a"])) == taken


def test_a_block_is_replaced_by_another_type(workspace: Workspace, document: str) -> None:
    at = open_page(document, "residual_block_2")
    field(at.selectbox, "block").select("conv_bn_relu").run()
    settled(at)
    replaced = node(workspace, document, "conv_bn_relu_1")
    assert replaced.block.filters == 64
    assert board_of(at, document).view.selection == "conv_bn_relu_1"


def test_the_same_block_chosen_again_changes_nothing(workspace: Workspace, document: str) -> None:
    at = open_page(document, "residual_block_2")
    before = workspace.store.revision(document)
    field(at.selectbox, "block").select("residual_block").run()
    settled(at)
    assert workspace.store.revision(document) == before


def test_the_cheaper_layer_can_be_taken_at_once(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    send(at, {"op": "add", "block": "Conv2D", "after": "residual_block_2"})
    button(at, "cs-use-alternative").click().run()
    assert node(workspace, document, "separable_conv2d_1").block.filters == 32


def test_the_summary_stands_where_nothing_is_selected(document: str) -> None:
    shown = texts(open_page(document))
    assert "Where the parameters are" in shown
    assert "without the batch axis" in shown


def test_a_network_of_an_input_alone_has_one_layer(workspace: Workspace) -> None:
    shown = texts(open_page(workspace.create(stack("net", block("Input", shape=(32, 32, 3))))))
    assert "</b> layer<" in shown
    assert "Where the parameters are" not in shown


def test_code_is_shown_or_the_reason_why_not(document: str) -> None:
    at = open_page(document)
    at.session_state["cs-views"] = ("Code",)
    settled(at.run())
    assert "def build_model()" in at.code[0].value
    send(at, {"op": "add", "block": "Add", "after": "residual_block_2"})
    assert len(at.code) == 0
    assert "No code yet. add_1: Add expected 2" in texts(at)


def test_the_model_alone_takes_the_place_of_the_script(document: str) -> None:
    at = open_page(document)
    at.session_state["cs-views"] = ("Code",)
    settled(at.run())
    assert "def load_data()" in at.code[0].value
    at.session_state["cs-code-shown"] = "model-code"
    settled(at.run())
    assert at.code[0].value.rstrip().endswith('name="small_residual")')
    assert "import it and call build" in at.caption[-1].value
    assert not any("code:dataset" in str(box.key) for box in at.selectbox)


def test_a_problem_leads_to_its_block(document: str) -> None:
    at = open_page(document)
    send(
        at,
        {"op": "add", "block": "Add", "after": "residual_block_2"},
        {"op": "select", "node": "dense_1"},
    )
    button(at, "cs-problems").click().run()
    button(settled(at), "cs-problem-select-0").click().run()
    assert board_of(at, document).view.selection == "add_1"


def test_a_problem_is_mended_in_the_list_and_the_mending_undone(
    workspace: Workspace, document: str
) -> None:
    pool = block_type("MaxPooling2D").create({"pool_size": 64})
    workspace.edit(document, lambda a: edits.add(a, pool, "residual_block_2"))
    at = open_page(document)
    button(at, "cs-problems").click().run()
    mend = button(settled(at), "cs-problem-fix-0")
    assert mend.label == r"Set padding of max\_pooling2d\_1 to same"
    settled(mend.click().run())
    assert node(workspace, document, "max_pooling2d_1").block.values()["padding"] == "same"
    assert "Done: set padding of max_pooling2d_1 to same" in texts(at)
    assert "0 problems" in button(at, "cs-problems").label
    settled(button(at, "cs-unmend").click().run())
    assert node(workspace, document, "max_pooling2d_1").block.values()["padding"] == "valid"
    assert "1 problem" in button(at, "cs-problems").label


def test_the_board_is_sent_what_buttons_around_it_change_before_the_page_is_drawn(
    workspace: Workspace, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(Board, "tell", lambda board: told.append(board.version()))
    pool = block_type("MaxPooling2D").create({"pool_size": 64})
    workspace.edit(document, lambda a: edits.add(a, pool, "residual_block_2"))
    at = open_page(document)
    button(at, "cs-problems").click().run()
    for times, key in enumerate(["cs-problem-fix-0", "cs-unmend", "cs-redo", "cs-undo"], start=1):
        settled(button(settled(at), key).click().run())
        assert len(told) == times, key
    assert told == sorted(set(told)), "each time, of another version"


def test_documents_are_made_copied_renamed_deleted_and_brought_back(
    workspace: Workspace, document: str
) -> None:
    at = open_page(document)
    button(at, "cs-menu-new").click().run()
    made = settled(at).query_params["doc"]
    assert workspace.open(made).architecture.nodes[0].id == "input_1"
    rename(at, "My net")
    assert workspace.open(made).architecture.name == "My net"
    choose(at, "duplicate")
    copy = settled(at).query_params["doc"]
    assert workspace.open(copy).architecture.name == "My net copy"
    choose(at, "delete")
    assert settled(at).query_params["doc"] == made
    assert not workspace.store.exists(copy)
    button(at, "cs-deleted-undo").click().run()
    assert settled(at).query_params["doc"] == copy
    assert workspace.store.exists(copy)


def choose(at: AppTest, action: str) -> AppTest:
    """Opens the menu of the document's name and chooses something there."""
    at.session_state["cs-name"] = True  # AppTest sends no popover's state by itself
    settled(at.run())
    return settled(button(at, f"cs-document-{action}").click().run())


def rename(at: AppTest, name: str) -> AppTest:
    choose(at, "rename")
    field = next(w for w in at.text_input if str(w.key).startswith("cs-rename-title"))
    field.set_value(name)
    return settled(next(b for b in at.button if b.label == "Rename").click().run())


def test_the_name_opens_other_documents_and_tells_those_of_one_title_apart(
    workspace: Workspace, document: str
) -> None:
    twin = workspace.create(TEMPLATES["small_residual"].architecture)
    at = open_page(document)
    assert not any(str(b.key).startswith("cs-document-") for b in at.button), "closed"
    at.session_state["cs-name"] = True
    settled(at.run())
    labels = {str(b.key): b.label for b in at.button}
    assert "open here" in labels[f"cs-document-{document}"]
    assert twin.rpartition("-")[2] in labels[f"cs-document-{twin}"]
    settled(button(at, f"cs-document-{twin}").click().run())
    assert at.query_params["doc"] == twin
    assert at.session_state["cs-name"] is False
    choose(at, "all-documents")
    assert any(w.key == "cs-open-search" for w in at.text_input)


def test_the_address_of_a_deleted_document_offers_it(workspace: Workspace, document: str) -> None:
    workspace.duplicate(document)
    workspace.delete(document)
    at = open_page(document)
    assert "small_residual was deleted just now." in texts(at)
    settled(button(at, "cs-restore-here").click().run())
    assert workspace.store.exists(document)
    assert at.query_params["doc"] == document
    assert "there is no document" in texts(open_page("no-such-thing")).lower()


def test_a_document_that_is_only_an_input_says_how_to_begin(
    workspace: Workspace, document: str
) -> None:
    at = open_page(document)
    settled(button(at, "cs-menu-new").click().run())
    assert "Only an Input so far" in texts(at)
    settled(button(at, "cs-begin").click().run())
    assert any(w.key == "cs-templates-search" for w in at.text_input)


def restorable(at: AppTest) -> list[str]:
    """Unfolds the list of deleted documents and gives the ids of those that it offers."""
    at.session_state["cs-trash"] = True  # AppTest sends no expander's state by itself
    settled(at.run())
    keys = [str(found.key) for found in at.button]
    return [key.removeprefix("cs-restore-") for key in keys if key.startswith("cs-restore-")]


def test_whatever_was_deleted_can_be_brought_back(workspace: Workspace, document: str) -> None:
    first, second = (workspace.duplicate(document) for _ in range(2))
    other = workspace.create(TEMPLATES["se_residual_digits"].architecture)
    for gone in (other, first):
        workspace.delete(gone)
    at = open_page(second)
    choose(at, "delete")
    button(at, "cs-menu-open").click().run()
    assert all(found.label != "Restore" for found in at.button), "folded away"
    assert restorable(at) == [second, first, other]
    at.text_input(key="cs-open-search").set_value("copy").run()
    assert restorable(at) == [second, first]
    button(at, f"cs-restore-{first}").click().run()
    assert settled(at).query_params["doc"] == first
    assert [entry.id for entry in workspace.deleted()] == [second, other]
    assert all(found.key != "cs-open-search" for found in at.text_input), "the dialog is closed"
    button(at, "cs-deleted-undo").click().run()
    assert settled(at).query_params["doc"] == second, "the offer is that of the last one"


def test_documents_are_found_by_their_names_or_by_a_whole_id(
    workspace: Workspace, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: "dc2b6a")
    first, second = (workspace.duplicate(document) for _ in range(2))
    assert first == "small-residual-copy-dc2b6a"
    at = open_page(document)
    button(at, "cs-menu-open").click().run()
    offered = {f"cs-open-{name}": name for name in (document, first, second)}
    for words, found in (("copy 2", {second}), ("COPY", {first, second}), (first, {first})):
        at.text_input(key="cs-open-search").set_value(words).run()
        assert {offered[b.key] for b in at.button if b.key in offered} == found, words


def test_a_long_list_of_deleted_documents_says_how_to_see_the_rest(
    workspace: Workspace, document: str
) -> None:
    for _ in range(52):
        workspace.delete(workspace.create(TEMPLATES["lenet5"].architecture))
    at = open_page(document)
    button(at, "cs-menu-open").click().run()
    assert len(restorable(at)) == 50
    assert "2 more documents deleted earlier: search to find them." in captions(at)
    at.text_input(key="cs-open-search").set_value("lenet").run()
    assert len(restorable(at)) == 50
    hint = "they come as those above are restored."
    assert f"2 more documents deleted earlier: {hint}" in captions(at)


def captions(at: AppTest) -> list[str]:
    return [found.value for found in at.caption]


def test_an_offer_goes_when_the_list_has_brought_the_document_back(
    workspace: Workspace, document: str
) -> None:
    workspace.duplicate(document)
    at = open_page(document)
    choose(at, "delete")
    button(at, "cs-menu-open").click().run()
    assert restorable(at) == [document]
    button(at, f"cs-restore-{document}").click().run()
    assert settled(at).query_params["doc"] == document
    assert all(found.key != "cs-deleted-undo" for found in at.button)


def test_a_title_that_is_refused_stays_in_its_field(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    rename(at, "x" * 81)
    assert "1 to 80 characters" in texts(at)
    assert any(str(w.key).startswith("cs-rename-title") for w in at.text_input), "still open"
    assert workspace.open(document).architecture.name == "small_residual"


def test_templates_open_as_new_documents(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    button(at, "cs-templates").click().run()
    assert "33,638,218" in texts(at)
    at.text_input(key="cs-templates-search").set_value("cifar vgg-16").run()
    assert "small_residual" not in found_templates(at)
    button(at, "cs-use-vgg16_cifar10").click().run()
    opened = settled(at).query_params["doc"]
    assert opened != document
    assert workspace.open(opened).architecture.name == "vgg16_cifar10"


def test_large_fields_are_written_with_their_thousands_apart(workspace: Workspace) -> None:
    large = stack("large", block("Input", shape=(1600, 1600, 3)), block("ReLU"))
    assert "1 / 1,600" in texts(open_page(workspace.create(large)))


def found_templates(at: AppTest) -> list[str]:
    """The names of the cards that are shown, in the order in which they are."""
    orders = re.findall(r"nth-child\((\d+)\) { order: (\d+) }", texts(at))
    names = list(TEMPLATES)
    return [names[int(place) - 1] for place, _ in sorted(orders, key=lambda found: int(found[1]))]


@pytest.mark.parametrize(
    ("words", "best"),
    [
        ("ResNet-50", "resnet50"),
        ("nasnet-a large", "nasnet_large"),
        ("NASNET_large", "nasnet_large"),
        ("u-net", "unet"),
    ],
)
def test_the_best_match_is_the_first_template(document: str, words: str, best: str) -> None:
    at = open_page(document)
    button(at, "cs-templates").click().run()
    assert found_templates(at) == list(TEMPLATES)
    cards = [b.key for b in at.button if str(b.key).startswith("cs-use-")]
    at.text_input(key="cs-templates-search").set_value(words).run()
    assert found_templates(at)[0] == best
    assert [b.key for b in at.button if str(b.key).startswith("cs-use-")] == cards, (
        "a card that changed its place while somebody presses it would open another network"
    )


def test_a_search_may_find_no_template(document: str) -> None:
    at = open_page(document)
    button(at, "cs-templates").click().run()
    at.text_input(key="cs-templates-search").set_value("zebra").run()
    assert found_templates(at) == []
    assert "0 of 38 templates" in texts(at)
    assert "Nothing found" in texts(at)


def test_a_damaged_document_is_named(workspace: Workspace) -> None:
    (workspace.store.folder / "broken-1.json").write_text("{", encoding="utf-8")
    told = texts(settled(open_page("broken-1")))
    assert "The document 'broken-1' cannot be read: this is not a JSON file" in unescape(told)


def test_the_list_of_documents_finds_and_names_damaged_ones(
    workspace: Workspace, document: str
) -> None:
    (workspace.store.folder / "broken-1.json").write_text("{", encoding="utf-8")
    other = workspace.create(TEMPLATES["vgg16_cifar10"].architecture)
    at = open_page(document)
    button(at, "cs-menu-open").click().run()
    assert "this is not a JSON file" in texts(settled(at))
    at.text_input(key="cs-open-search").set_value("vgg").run()
    assert [b.key for b in at.button if str(b.key).startswith("cs-open-")] == [f"cs-open-{other}"]
    button(at, f"cs-open-{other}").click().run()
    assert settled(at).query_params["doc"] == other


def test_documents_of_one_name_are_distinguished_and_the_last_used_comes_first(
    workspace: Workspace, document: str
) -> None:
    changed = workspace.duplicate(document)
    workspace.edit(changed, lambda a: edits.rename_architecture(a, "small_residual"))
    workspace.edit(changed, lambda a: edits.remove(a, ["residual_block_3"]))
    at = open_page(document)
    button(at, "cs-menu-open").click().run()
    assert [b.key for b in settled(at).button if str(b.key).startswith("cs-open-")] == [
        f"cs-open-{document}",
        f"cs-open-{changed}",
    ], "the one on the screen was opened after the other was edited"
    here, there = re.findall(r'<p class="cs-entry">.*?</p>', texts(at))
    assert "open here" in here
    assert "7 blocks" in here
    assert "297,697 params" in here
    assert "open here" not in there
    assert "6 blocks" in there
    assert "32×32×3 → 1" in there
    assert "edited just now" in there


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe garbage",
        b"{}",
        b"[" * 100_000,
        json.dumps({"format": "convstack-architecture"}).encode(),
    ],
)
def test_a_hostile_upload_is_refused_calmly_and_changes_nothing(
    workspace: Workspace, document: str, content: bytes
) -> None:
    at = open_page(document)
    button(at, "cs-menu-upload").click().run()
    at.file_uploader[0].set_value(("net.json", content, "application/json")).run()
    settled(at)
    assert "net.json was not opened" in texts(at)
    assert at.query_params["doc"] == document
    assert len(workspace.entries()) == 1


def test_an_upload_opens_as_a_new_document(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    button(at, "cs-menu-upload").click().run()
    text = to_json(TEMPLATES["mini_xception"].architecture).encode()
    at.file_uploader[0].set_value(("net.json", text, "application/json")).run()
    opened = settled(at).query_params["doc"]
    assert opened != document
    assert workspace.open(opened).architecture.name == "mini_xception"


@pytest.mark.parametrize("asked", ["nothing-here", "../../etc/passwd", "x" * 500])
def test_an_unknown_id_gets_a_calm_page_with_a_way_on(document: str, asked: str) -> None:
    at = open_page(asked)
    assert "There is no document" in texts(at)
    button(at, "cs-open-latest").click().run()
    assert settled(at).query_params["doc"] == document


def test_undo_says_so_where_it_takes_back_what_another_tab_has_done(
    workspace: Workspace, document: str
) -> None:
    one, other = open_page(document, "residual_block_2"), open_page(document, "dense_1")
    assert button(one, "cs-undo").help == "Nothing to undo"
    settled(field(one.number_input, "filters").set_value(48).run())
    settled(field(other.number_input, "units").set_value(12).run())
    settled(one.run())
    assert button(other, "cs-undo").help == r"Undo set units of dense\_1"
    assert button(one, "cs-undo").help == (r"Undo set units of dense\_1 \(made in another tab\)")
    settled(button(one, "cs-undo").click().run())
    assert [toast.value for toast in one.toast] == [
        r"Undone\: set units of dense\_1 \(made in another tab\)\."
    ]
    assert node(workspace, document, "dense_1").block.units == 1
    settled(button(one, "cs-undo").click().run())
    assert len(one.toast) == 0, "its own edit needs no word"
    assert node(workspace, document, "residual_block_2").block.filters == 64
    send(other, {"op": "redo"})
    assert r"Done again\: set filters of residual\_block\_2" in other.toast[0].value


def test_what_was_there_when_the_page_was_opened_is_just_history(
    workspace: Workspace, document: str
) -> None:
    settled(field(open_page(document, "dense_1").number_input, "units").set_value(12).run())
    later = open_page(document)
    settled(button(later, "cs-undo").click().run())
    assert len(later.toast) == 0
    assert node(workspace, document, "dense_1").block.units == 1


def test_a_change_elsewhere_shows_when_the_page_is_drawn_again(
    workspace: Workspace, document: str
) -> None:
    at = open_page(document, "residual_block_2")
    Workspace(workspace.store.folder.parent).edit(document, lambda a: a.with_nodes(a.nodes[:-1]))
    settled(at.run())
    assert "297,568" in texts(at)


def test_drawing_the_page_changes_no_file(workspace: Workspace, document: str) -> None:
    before = workspace.store.revision(document)
    at = open_page(document, "residual_block_2")
    settled(at.run())
    assert workspace.store.revision(document) == before


def test_a_network_without_a_head_is_not_said_to_be_trainable(workspace: Workspace) -> None:
    at = open_page(
        workspace.create(stack("net", block("Input", shape=(8, 8, 1)), block("Conv2D", 4)))
    )
    assert button(at, "cs-problems").label == "0 problems, no head yet"
    button(at, "cs-problems").click().run()
    assert "which are features, not classes." in texts(settled(at))
    head = button(at, "cs-add-head")
    assert head.label == literal(
        "Add GlobalAveragePooling2D and Dense (units 10, activation softmax) behind conv2d_1"
    )
    settled(head.click().run())
    assert button(at, "cs-problems").label == "0 problems"
    assert "It can be exported, and trained on images of 10 classes." in texts(at)


def test_a_head_for_other_classes_than_those_of_the_data_is_fitted(workspace: Workspace) -> None:
    end = block("Dense", 7, activation="softmax")
    document = workspace.create(
        stack("net", block("Input", shape=(8, 8, 1)), block("Flatten"), end)
    )
    at = open_page(document)
    button(at, "cs-problems").click().run()
    assert "images of 7 classes. The data that are chosen on the Train page (" in texts(settled(at))
    head = button(at, "cs-add-head")
    assert head.label == literal("Set units of dense_1 to 10")
    settled(head.click().run())
    assert "trained on images of 10 classes." in texts(at)
    assert not any(each.key == "cs-add-head" for each in at.button)


def test_the_code_loads_the_data_that_are_chosen_on_its_tab(workspace: Workspace) -> None:
    digits = TEMPLATES["se_residual_digits"].architecture
    document = workspace.create(digits)
    at = open_page(document)
    at.session_state["cs-views"] = ("Code",)
    settled(at.run())
    of_a_run = to_script(digits, TrainingSettings())
    assert at.code[0].value == of_a_run.rstrip()
    assert at.caption[-1].value.endswith("runs on its own, and is what a run trains\\.")
    data = next(box for box in at.selectbox if "code:dataset" in str(box.key))
    settled(data.select("mnist").run())
    assert "DATASET = keras.datasets.mnist\n" in at.code[0].value
    assert "a run trains on those chosen on the Train page" in at.caption[-1].value
    assert workspace.open(document).document.training is None, "it is a choice of the tab alone"
    data = next(box for box in at.selectbox if "code:dataset" in str(box.key))
    settled(data.select("placeholder").run())
    assert "Random images and labels" in at.code[0].value
    assert "runs on its own on random images" in at.caption[-1].value
    workspace.set_training(document, TrainingSettings(dataset="cifar10").values())
    data = next(box for box in at.selectbox if "code:dataset" in str(box.key))
    settled(data.select("cifar100").run())
    assert "it does not fit these data yet" in at.caption[-1].value


def test_code_of_a_network_that_fits_no_usual_data_runs_on_random_images(
    workspace: Workspace,
) -> None:
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    at = open_page(document)
    at.session_state["cs-views"] = ("Code",)
    assert "Random images and labels" in settled(at.run()).code[0].value
    workspace.set_training(document, TrainingSettings(dataset="cifar10").values())
    assert "keras.datasets.cifar10" in settled(at.run()).code[0].value
    segments = open_page(workspace.create(TEMPLATES["unet"].architecture))
    segments.session_state["cs-views"] = ("Code",)
    assert "builds the network" in settled(segments.run()).caption[-1].value
    assert not any("code:dataset" in str(box.key) for box in segments.selectbox)

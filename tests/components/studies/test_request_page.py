"""Asking a new question on the Studies page, driven without a browser."""

from pathlib import Path

import pytest

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from builder.network.inference import infer
from builder.studies import study_folder
from builder.studies.study import Question
from builder.system.devices import Device
from builder.transforms.ablation.kinds import PartKind
from components.studies import asking
from tests.components.driven import button, settled, texts
from tests.components.studies.studies_page import field, has_button, has_refusal, linked, open_page
from tests.studies.fake_trainings import NETWORK


def test_an_ablation_lists_all_parts_and_variants_before_the_start(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    labels = [box.label for box in at.checkbox]
    assert any(label.startswith("Shortcuts: ") for label in labels)
    shown = texts(at)
    assert "without Squeeze-and-Excitation" in shown
    assert "<b>= 48</b> trainings" in shown, "as many seeds as five parts need"
    assert "It will tell differences" in shown
    assert "2 epochs" in shown


def test_enough_seeds_are_one_press_away(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    field(at.number_input, "seeds").set_value(6).run()
    assert "With 6 seeds no difference can be called real" in texts(settled(at))
    settled(button(at, "cs-study-enough").click().run())
    assert "<b>= 48</b> trainings" in texts(at)
    assert not has_button(at, "cs-study-enough")


def test_a_study_is_started_with_what_was_chosen(
    home: Path, document: str, launched: list[str], workspace: Workspace
) -> None:
    at = open_page(new="ablation", doc=document)
    for box in at.checkbox:
        if not box.label.startswith("Dropout"):
            box.set_value(False)
    settled(at.run())
    field(at.number_input, "seeds").set_value(7)
    field(at.text_input, "epochs").set_value("3")
    settled(at.run())
    settled(button(at, "cs-study-start").click().run())
    (study,) = study_folder.list_studies(home)
    assert launched == [study.id]
    assert [factor.values()["part"] for factor in study.factors] == [PartKind.DROPOUT]
    assert study.seeds == tuple(range(7))
    assert study.settings.epochs == 3
    assert workspace.open(document).document.training == {"epochs": 2} | (
        workspace.open(document).document.training or {}
    ), "the document keeps its own"
    assert study.document_id == document
    assert at.query_params["study"] == study.id


def test_epochs_that_are_refused_are_told_what_a_training_expects(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    field(at.text_input, "epochs").set_value("0").run()
    told = texts(settled(at))
    assert "received 0, expected a whole number from 1 to 100,000" in told
    assert "or none" not in told
    field(at.text_input, "epochs").set_value("").run()
    settled(at)
    assert field(at.text_input, "epochs").value == "2", "as on Train"


def test_a_study_that_does_not_fit_the_memory_may_be_started_anyway(
    document: str, launched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = [Device("auto", "Automatic"), Device("cpu", "CPU", 10**9, 10**8)]
    monkeypatch.setattr(asking, "machine_devices", lambda: full)
    at = open_page(new="sweep", doc=document, vary="batch_size")
    assert "Memory: at most " in texts(at)
    assert button(at, "cs-study-start").label == "Start the study"
    field(at.text_input, "vary:batch_size").set_value("32, 4096").run()
    assert "batch_size 4096: Batches of 4,096 images need about" in texts(settled(at))
    assert button(at, "cs-study-start").label == "Start anyway"
    settled(button(at, "cs-study-start").click().run())
    assert len(launched) == 1


def test_a_base_over_the_budget_says_what_follows(document: str) -> None:
    at = open_page(new="search", doc=document, vary="batch_size")
    field(at.text_input, "budget:params").set_value("50000").run()
    told = texts(settled(at))
    assert "trained with fresh seeds only: 82,362 params, the budget allows 50,000" in told
    assert "The base is over the budget itself" in told
    assert "<b>at most 121</b> trainings" in told


def test_what_is_varied_may_be_long_but_not_without_end(document: str) -> None:
    at = open_page(new="sweep", doc=document, vary="batch_size")
    many = ", ".join(str(number) for number in range(1, 101))
    field(at.text_input, "vary:batch_size").set_value(many).run()
    assert "<b>100</b> variants" in texts(settled(at))
    field(at.text_input, "vary:batch_size").set_value("1, " * 700).run()
    assert "expected at most 2,000" in texts(settled(at))


def test_what_was_filled_in_is_there_after_a_reload_until_it_is_dropped(
    document: str, workspace: Workspace
) -> None:
    at = open_page(new="ablation", doc=document)
    assert not has_button(at, "cs-study-anew")
    box = next(b for b in at.checkbox if b.label.startswith("Dropout"))
    settled(box.set_value(False).run())
    field(at.number_input, "seeds").set_value(9).run()
    assert "<b>= 45</b> trainings" in texts(settled(at))
    at = open_page(new="ablation", doc=document)
    assert not next(b for b in at.checkbox if b.label.startswith("Dropout")).value
    assert "<b>= 45</b> trainings" in texts(at)
    settled(button(at, "cs-study-anew").click().run())
    assert "<b>= 48</b> trainings" in texts(at)
    assert workspace.open(document).document.requests == {}
    settled(button(at, "cs-study-take-back").click().run())
    assert "<b>= 45</b> trainings" in texts(at)
    assert not has_button(at, "cs-study-take-back")


def test_two_tabs_fill_in_one_request(document: str) -> None:
    one, other = (open_page(new="ablation", doc=document) for _ in range(2))
    field(one.number_input, "seeds").set_value(9).run()
    field(other.text_input, "epochs").set_value("5").run()
    assert field(settled(other).number_input, "seeds").value == 9
    assert field(settled(one.run()).text_input, "epochs").value == "5"


def test_a_part_that_the_network_lost_is_not_asked_for(document: str, workspace: Workspace) -> None:
    at = open_page(new="ablation", doc=document)
    for box in at.checkbox:
        box.set_value(box.label.startswith(("Dropout", "Shortcuts: ")))
    settled(at.run())
    workspace.edit(document, lambda network: edits.remove(network, ["dropout_1"]))
    settled(at.run())
    assert "without shortcuts" in texts(at)
    assert not button(at, "cs-study-start").disabled


def test_beginning_anew_also_drops_what_a_field_has_refused(document: str) -> None:
    at = open_page(new="degradation", doc=document)
    field(at.number_input, "seeds").set_value(7).run()
    field(at.text_input, "epochs").set_value("many").run()
    assert button(settled(at), "cs-study-start").disabled
    settled(button(at, "cs-study-anew").click().run())
    assert field(at.text_input, "epochs").value == "2"
    assert not button(at, "cs-study-start").disabled


def test_nothing_chosen_cannot_be_started(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    for box in at.checkbox:
        box.set_value(False)
    settled(at.run())
    assert "No part is chosen" in texts(at)
    assert button(at, "cs-study-start").disabled


def test_a_deleted_document_is_restored_where_it_is_asked_about(
    document: str, workspace: Workspace
) -> None:
    workspace.delete(document)
    at = open_page(new="ablation", doc=document)
    assert f"{NETWORK.name} was deleted" in texts(at)
    at = settled(button(at, "cs-restore-here").click().run())
    assert workspace.store.exists(document)
    assert "What is each part worth?" in texts(at)
    assert has_button(at, "cs-study-start")


def test_a_document_that_never_was_says_so(home: Path) -> None:
    at = open_page(new="ablation", doc="nothing")
    assert not has_button(at, "cs-restore-here")
    assert "Open another document" in linked(at)


def test_a_network_without_parts_says_so(workspace: Workspace) -> None:
    lenet = workspace.create(TEMPLATES["lenet5"].architecture)
    at = open_page(new="degradation", doc=lenet)
    assert "no shortcuts to take out" in texts(at)
    assert button(at, "cs-study-start").disabled


def test_depths_are_given_as_a_list_or_refused(document: str) -> None:
    at = open_page(new="degradation", doc=document)
    assert "3× depth, without shortcuts" in texts(at)
    field(at.text_input, "depths").set_value("1, 2").run()
    assert "3× depth" not in texts(settled(at))
    field(at.text_input, "depths").set_value("deep").run()
    assert "received &#x27;deep&#x27;" in texts(settled(at)) or "expected a number" in texts(at)
    assert button(at, "cs-study-start").disabled


def test_values_are_given_as_a_list_or_a_range(document: str) -> None:
    at = open_page(new="sweep", doc=document)
    assert "Nothing is varied yet" in texts(at)
    for name in ("learning_rate", "batch_size"):
        field(at.selectbox, "add").select(name).run()
        settled(at)
    field(at.text_input, "vary:learning_rate").set_value("1e-4..1e-2:3 log").run()
    field(at.text_input, "vary:batch_size").set_value("16, 32").run()
    assert "<b>6</b> variants" in texts(settled(at))
    field(at.text_input, "vary:batch_size").set_value("16..").run()
    assert button(settled(at), "cs-study-start").disabled or "not trained" in texts(at)
    button(at, "cs-unvary-1").click().run()
    assert "<b>3</b> variants" in texts(settled(at))


def test_a_document_that_cannot_be_trained_cannot_be_asked_about(workspace: Workspace) -> None:
    wide = workspace.create(TEMPLATES["resnet18"].architecture)
    workspace.set_training(wide, {"dataset": f"own:{'0' * 16}"})
    at = open_page(new="ablation", doc=wide)
    assert "Put it right on Train first" in texts(at)
    assert button(at, "cs-study-start").disabled


def test_a_head_that_does_not_fit_the_data_is_mended_where_it_is_noticed(
    workspace: Workspace,
) -> None:
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    at = open_page(new="ablation", doc=document)
    assert button(at, "cs-study-start").disabled
    button(at, "cs-fix-0").click().run()
    settled(at)
    assert "Done:" in texts(at)
    assert infer(workspace.open(document).architecture).output_shapes == ((10,),)
    assert not button(at, "cs-study-start").disabled
    button(at, "cs-unmend").click().run()
    assert infer(workspace.open(document).architecture).output_shapes == ((1,),)


def test_a_link_says_what_is_varied_once(document: str) -> None:
    at = open_page(new="sweep", doc=document, vary="residual_block_1.filters")
    assert field(at.text_input, "vary:residual_block_1.filters").value == "16, 32, 64"
    assert "<b>3</b> variants" in texts(at)
    assert "vary" not in at.query_params
    button(at, "cs-unvary-0").click().run()
    assert "Nothing is varied yet" in texts(settled(at))
    assert "Nothing is varied yet" in texts(open_page(new="sweep", doc=document, vary="seed"))


@pytest.mark.parametrize("question", list(Question))
def test_every_question_can_be_asked(document: str, question: Question) -> None:
    at = open_page(new=question.value, doc=document, vary="batch_size")
    assert not button(at, "cs-study-start").disabled
    assert "trainings" in texts(at)


def test_no_number_of_seeds_is_enough_without_the_base(document: str) -> None:
    at = open_page(new="sweep", doc=document, vary="batch_size")
    assert has_button(at, "cs-study-enough")
    levels = next(field for field in at.text_input if field.label == "batch_size")
    settled(levels.set_value("64").run())
    assert "Nothing is compared" in texts(at)
    assert "<b>1</b> variant" in texts(at)
    assert not has_button(at, "cs-study-enough")


def test_a_budget_that_is_refused_says_what_is_expected(document: str) -> None:
    at = open_page(new="ablation", doc=document)
    field(at.text_input, "budget:params").set_value("0").run()
    assert "received 0, expected a whole number of at least 1 or none" in texts(settled(at))
    assert button(at, "cs-study-start").disabled
    field(at.text_input, "budget:params").set_value("1000000").run()
    assert not button(settled(at), "cs-study-start").disabled


@pytest.mark.parametrize("typed", ["1e5", "100_000", "100,000", "100000"])
def test_a_budget_says_how_it_was_read(document: str, typed: str) -> None:
    at = open_page(new="search", doc=document, vary="batch_size")
    settled(field(at.text_input, "budget:params").set_value(typed).run())
    assert ("= 100,000<" in texts(at)) == (typed != "100,000")
    assert field(at.text_input, "budget:params").value == typed
    assert not has_refusal(at)
    again = open_page(new="search", doc=document)
    assert field(again.text_input, "budget:params").value == "100,000"


def test_numbers_are_pasted_as_they_come(document: str) -> None:
    at = open_page(new="sweep", doc=document, vary="batch_size")
    field(at.text_input, "vary:batch_size").set_value("[16; 32 64, 64]").run()
    assert "<b>3</b> variants" in texts(settled(at))


def test_a_refused_field_of_a_strategy_keeps_the_study_from_starting(document: str) -> None:
    at = open_page(new="search", doc=document, vary="batch_size")
    field(at.number_input, "trials").set_value(0).run()
    assert "received 0" in texts(settled(at))
    assert button(at, "cs-study-start").disabled
    field(at.number_input, "trials").set_value(3).run()
    assert not button(settled(at), "cs-study-start").disabled


def test_enough_fresh_seeds_of_a_search_are_one_press_away(document: str) -> None:
    at = open_page(new="search", doc=document, vary="batch_size")
    assert "<b>at most 122</b> trainings" in texts(at)
    field(at.number_input, "fresh_seeds").set_value(6).run()
    settled(at)
    settled(button(at, "cs-study-enough").click().run())
    assert "<b>at most 122</b> trainings" in texts(at)
    assert not has_button(at, "cs-study-enough")

"""The settings on the Train page and the start of a training, without a browser or a training."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.blocks.catalogue import block_type
from builder.datasets import published
from builder.datasets.availability import Availability, Reach
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from builder.runs.run_folder import Run, list_runs
from builder.scheduler import starting, warm
from builder.system.errors import BuilderError
from components.train import augmented
from tests.components.boards import board_of
from tests.components.driven import button, settled, texts, unfold
from tests.components.train.train_page import field, open_page, settings


def test_before_any_run_it_says_what_to_do_first(document: str) -> None:
    at = open_page(document)
    assert "No training of this network yet" in texts(at)
    assert "Ready: 1,437 training images and 360 for validation, 45 batches an epoch." in texts(at)
    assert not button(at, "cs-start").disabled


def test_the_data_are_shown_with_eight_pictures_and_their_balance(document: str) -> None:
    shown = texts(open_page(document))
    assert shown.count("<img src=") == 8
    assert 'title="3: 183 images"' in shown
    assert "10 classes of 174 to 183" in shown


def test_every_data_set_is_offered(document: str) -> None:
    offered = field(open_page(document).selectbox, "dataset").options
    assert len(offered) == len(published.catalogue())
    assert offered[0] == "Handwritten digits"


def test_a_changed_setting_is_kept_with_the_document(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    field(at.number_input, "epochs").set_value(3).run()
    field(at.text_input, "learning_rate").set_value("1/100").run()
    field(at.selectbox, "optimizer").select("SGD").run()
    field(at.text_input, "momentum").set_value("0.9").run()
    field(at.selectbox, "schedule").select("CosineDecay").run()
    field(at.number_input, "warmup_epochs").set_value(1).run()
    settled(at)
    kept = settings(workspace, document)
    assert kept["epochs"] == 3
    assert kept["learning_rate"] == 0.01
    assert (kept["optimizer"]["name"], kept["optimizer"]["momentum"]) == ("SGD", 0.9)
    assert kept["schedule"] == {"name": "CosineDecay", "alpha": 0.0, "warmup_epochs": 1}
    again = open_page(document)
    assert field(again.number_input, "epochs").value == 3
    assert field(again.text_input, "momentum").value == "0.9"


def test_each_optimizer_shows_its_own_fields(document: str) -> None:
    at = open_page(document)
    names: dict[str, set[str]] = {}
    for optimizer in ("SGD", "Adam", "AdamW", "RMSprop"):
        field(at.selectbox, "optimizer").select(optimizer).run()
        unfold(at, "More")
        keys = [str(widget.key) for widget in (*at.text_input, *at.toggle)]
        own = [key for key in keys if f":optimizer:{optimizer}:" in key]
        names[optimizer] = {key.rpartition(":")[2].partition("~")[0] for key in own}
    assert names["SGD"] == {"momentum", "nesterov", "clipnorm", "weight_decay"}
    assert names["AdamW"] == names["Adam"] >= {"beta_1", "beta_2", "epsilon", "clipnorm"}
    assert names["RMSprop"] >= {"rho", "centered", "momentum"}


@pytest.mark.parametrize(("optimizer", "folded"), [("Adam", True), ("AdamW", False)])
def test_parts_that_are_off_by_default_are_folded_away(
    document: str, optimizer: str, folded: bool
) -> None:
    at = open_page(document)
    field(at.selectbox, "optimizer").select(optimizer).run()
    unfold(at, "More")
    more = next(expander for expander in at.expander if expander.label == "More")
    inside = [str(widget.key) for widget in more.text_input]
    assert any(":beta_1" in key for key in inside)
    assert any(":weight_decay" in key for key in inside) is folded
    assert not any(":clipnorm" in key for key in inside)


def test_what_makes_it_faster_is_folded_and_kept(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    unfold(at, "Speed")
    speed = next(expander for expander in at.expander if expander.label == "Speed")
    (precision,) = (box for box in speed.selectbox if ":precision" in str(box.key))
    assert list(precision.options) == ["float32", "mixed_bfloat16"]
    assert "no mixed_float16: far slower on a CPU" in texts(at)
    field(at.selectbox, "jit_compile").select("off").run()
    field(at.number_input, "steps_per_execution").set_value(10).run()
    assert "expected a divisor of the 45 batches of an epoch" in texts(at)
    settled(button(at, "cs-fix-0").click().run())
    kept = settings(workspace, document)
    assert (kept["jit_compile"], kept["steps_per_execution"]) == ("off", 9)


def test_a_cluster_is_asked_for_a_gpu_that_is_not_here(workspace: Workspace, document: str) -> None:
    at = unfold(open_page(document), "More")
    field(at.text_input, "run_on").set_value("head:10001").run()
    assert "expected local, or a Ray cluster" in texts(at)
    settled(field(at.text_input, "run_on").set_value("ray://head:10001").run())
    assert settings(workspace, document)["run_on"] == "ray://head:10001"
    assert re.search(r"[\d.]+ [GM]B to train at batch 32<", texts(at)), "of this machine's memory"
    device = field(at.selectbox, "device")
    assert list(device.options) == ["Automatic (a GPU where the cluster has one)", "CPU", "GPU"]
    assert "mixed_float16" in field(unfold(at, "Speed").selectbox, "precision").options
    settled(device.select("gpu:0").run())
    assert settings(workspace, document)["device"] == "gpu:0"


def test_the_memory_that_a_batch_needs_stands_beside_it(document: str) -> None:
    at = open_page(document)
    words = r"([\d.]+ [GM]B) to train at batch 32, of [\d.]+ GB free; (up to )?\d+ (fits|would fit)"
    found = re.search(words, texts(at))
    assert found
    at.switch_page("components/pages/design.py")
    at.query_params["doc"] = document
    assert f"<b>{found[1]}</b> to train at batch 32" in texts(settled(at.run()))


def test_a_refused_value_stays_in_its_field_with_the_reason(
    workspace: Workspace, document: str
) -> None:
    at = open_page(document)
    field(at.text_input, "validation_share").set_value("1.5").run()
    assert "expected a number above 0 and at most 0.9" in texts(at)
    assert field(at.text_input, "validation_share").value == "1.5"
    assert settings(workspace, document) == {}


def test_nothing_starts_while_a_field_shows_what_was_refused(document: str) -> None:
    """It would train with the value before, which no longer stands anywhere."""
    at = open_page(document)
    field(at.number_input, "epochs").set_value(0).run()
    assert button(at, "cs-start").disabled
    assert "epochs: what stands there cannot be used." in texts(at)
    assert "Ready" not in texts(at)
    field(at.number_input, "epochs").set_value(3).run()
    assert not button(at, "cs-start").disabled
    field(at.text_input, "clipnorm").set_value("often").run()
    assert button(at, "cs-start").disabled
    field(at.selectbox, "optimizer").set_value("SGD").run()
    assert not button(at, "cs-start").disabled, "the refused field has gone"


def test_a_finding_is_mended_by_its_button_and_the_mending_undone(
    workspace: Workspace, unfit: str
) -> None:
    at = open_page(unfit)
    assert "The last layer has 1 unit" in texts(at)
    assert button(at, "cs-start").disabled
    settled(button(at, "cs-fix-0").click().run())
    assert workspace.open(unfit).architecture.nodes[-1].block.values()["units"] == 10
    assert not button(at, "cs-start").disabled
    assert "Done: set units of dense_1 to 10 and activation to softmax" in texts(at)
    settled(button(at, "cs-unmend").click().run())
    assert workspace.open(unfit).architecture.nodes[-1].block.values()["units"] == 1
    assert button(at, "cs-unmend") is None


def test_a_mending_stands_until_what_it_mended_is_trained(unfit: str, started: list[str]) -> None:
    at = open_page(unfit)
    settled(button(at, "cs-fix-0").click().run())
    assert button(at, "cs-unmend") is not None
    settled(button(at, "cs-start").click().run())
    assert len(started) == 1
    assert button(at, "cs-unmend") is None


def test_a_finding_about_a_setting_changes_the_setting(workspace: Workspace, document: str) -> None:
    at = open_page(document)
    field(at.number_input, "batch_size").set_value(4000).run()
    assert "every epoch is one single step" in texts(at)
    settled(button(at, "cs-fix-0").click().run())
    assert settings(workspace, document)["batch_size"] == 32
    assert field(at.number_input, "batch_size").value == 32


def test_start_makes_a_run_and_shows_it(home: Path, document: str, started: list[str]) -> None:
    at = open_page(document)
    field(at.number_input, "epochs").set_value(2).run()
    settled(button(at, "cs-start").click().run())
    (run,) = list_runs(home)
    assert started == [run.id]
    assert at.query_params["run"] == run.id
    assert run.settings is not None
    assert (run.settings.epochs, run.document_id) == (2, document)
    assert "EPOCHS = 2" in (run.folder / "train.py").read_text()


def test_what_start_would_train_is_rehearsed(
    home: Path, document: str, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rehearsed: list[str] = []
    monkeypatch.setattr(warm.workers, "rehearse", lambda _, script, __: rehearsed.append(script))
    at = open_page(document)
    assert len(rehearsed) == 1
    field(at.number_input, "epochs").set_value(2).run()
    settled(button(at, "cs-start").click().run())
    (run,) = list_runs(home)
    assert (run.folder / "train.py").read_text() == rehearsed[-1] != rehearsed[0]


def test_what_cannot_start_is_not_rehearsed(
    home: Path, unfit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rehearsed: list[str] = []
    monkeypatch.setattr(warm.workers, "rehearse", lambda _, script, __: rehearsed.append(script))
    at = open_page(unfit)
    assert button(at, "cs-start").disabled
    assert rehearsed == []


def test_data_that_cannot_be_had_are_refused_with_a_sentence(
    home: Path, document: str, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def availability(name: str, *, probe: bool = False) -> Availability:
        if name == "digits":
            return Availability(Reach.CACHED, BuilderError("here").problem)
        return (
            Availability(Reach.UNAVAILABLE, BuilderError("it cannot be reached").problem)
            if probe
            else Availability(Reach.DOWNLOAD, BuilderError("it will be downloaded").problem)
        )

    for module in ("start", "data_panel"):
        monkeypatch.setattr(f"components.train.{module}.availability", availability)
    at = open_page(document)
    field(at.selectbox, "dataset").select("mnist").run()
    assert "It will be downloaded." in texts(at)
    assert "Pictures come with the download" in texts(at)
    settled(button(at, "cs-start").click().run())
    assert "It cannot be reached." in texts(at)
    assert list_runs(home) == started == []
    assert not button(at, "cs-start").disabled, "it may be tried again"
    field(at.selectbox, "dataset").select("digits").run()
    assert "It cannot be reached." not in texts(at)


def test_a_broken_network_names_its_nodes_leads_to_them_and_mends_them(
    workspace: Workspace, document: str
) -> None:
    pool = block_type("MaxPooling2D").create({"pool_size": 64})
    source = workspace.open(document).architecture.nodes[0].id
    workspace.edit(document, lambda a: edits.add(a, pool, source))
    at = open_page(document)
    assert "The network has a broken node: max_pooling2d_" in texts(at)
    assert "A 64×64 window does not fit" in texts(at)
    made = workspace.open(document).architecture.nodes[1].id
    settled(button(at, "cs-problem-select-0").click().run())
    assert board_of(at, document).view.selection == made
    at = open_page(document)
    settled(button(at, "cs-problem-fix-0").click().run())
    assert workspace.open(document).architecture.by_id[made].block.values()["padding"] == "same"
    assert "a broken node" not in texts(at)


def test_what_keeps_a_run_from_starting_is_said(
    document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(*_: object, **__: object) -> Run:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(starting, "begin", begin)
    at = open_page(document)
    settled(button(at, "cs-start").click().run())
    assert "The run cannot be started: the disk is full (" in texts(at)
    assert "No run was made." in texts(at)


def test_settings_that_are_none_can_be_replaced(workspace: Workspace, document: str) -> None:
    workspace.set_training(document, {"epochs": "many"})
    at = open_page(document)
    assert "cannot be read: epochs: received" in texts(at)
    settled(button(at, "cs-defaults").click().run())
    assert settings(workspace, document)["epochs"] == 10


def test_another_document_can_be_chosen(workspace: Workspace, unfit: str, document: str) -> None:
    at = open_page(document)
    at.session_state["cs-train-documents"] = True
    settled(at.run())
    settled(button(at, f"cs-train-{unfit}").click().run())
    assert at.query_params["doc"] == unfit


def test_the_networks_own_augmentation_is_shown_on_the_data(
    workspace: Workspace, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert button(open_page(document), "cs-augment-make") is None  # it has no such layers

    def flipped(_: object, images: Any, path: Path, __: int, *, cancel: object) -> None:
        del cancel
        with path.open("wb") as file:
            np.save(file, np.stack([images[:, :, ::-1]] * 2))

    monkeypatch.setattr(augmented, "augment", flipped)
    at = open_page(workspace.create(TEMPLATES["mini_xception"].architecture))
    assert texts(at).count("<img src=") == 8
    button(at, "cs-augment-make").click().run()
    for _ in range(100):
        if button(at, "cs-augment-make") is not None:
            break
        at.run()
    assert texts(settled(at)).count("<img src=") == 24
    assert button(at, "cs-augment-make").label == "Others"

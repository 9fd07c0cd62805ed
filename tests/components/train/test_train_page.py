"""The Train page, driven without a browser and without a training."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from builder.blocks.catalogue import block_type
from builder.datasets import published
from builder.datasets.availability import Availability, Reach
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from builder.runs.json_files import write_json
from builder.runs.process_file import PROCESS
from builder.runs.run_folder import Run, current_settings, list_runs, read
from builder.runs.run_state import MODEL, STATE, RunState
from builder.runs.status import RunStatus
from builder.scheduler import hosts, launcher, queue, starting, warm
from builder.scheduler.new_run import new_run
from builder.system.devices import Device
from builder.system.errors import BuilderError
from builder.training.settings import TrainingSettings
from components.train import augmented
from components.train import machine as train_machine
from tests.app_server import ROOT
from tests.components.boards import board_of
from tests.components.fake_run import FakeRun

APP = str(ROOT / "app.py")
TRAIN = "components/pages/train.py"


@pytest.fixture
def unfit(workspace: Workspace) -> str:
    """A network that ends in one unit, which ten digits do not fit."""
    return workspace.create(TEMPLATES["small_residual"].architecture)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs that were started; no process is."""
    ids: list[str] = []

    def start(run: Run, _ended: object = None) -> int:
        ids.append(run.id)
        write_json(run.folder / PROCESS, {"pid": 0})
        return 1

    monkeypatch.setattr(launcher, "start", start)
    return ids


@pytest.fixture
def fake(home: Path, document: str) -> Iterator[FakeRun]:
    """A run of the document, which trains."""
    with FakeRun(home, epochs=3, batches=5) as run:
        config = run.folder / "config.json"
        config.write_text(config.read_text().replace('"small"', f'"{document}"'))
        yield run


def open_page(document: str = "", run: str = "") -> AppTest:
    at = AppTest.from_file(APP, default_timeout=60).run()
    at.switch_page(TRAIN)
    at.query_params.clear()
    for name, value in (("doc", document), ("run", run)):
        if value:
            at.query_params[name] = value
    return settled(at.run())


def settled(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


def field(kind: Any, name: str) -> Any:
    """The widget of a setting, whatever its document is."""
    return next(w for w in kind if re.search(rf"\b{name}(~\d+)?$", w.key))


def button(at: AppTest, key: str) -> Any:
    return next((b for b in at.button if b.key == key), None)


def texts(at: AppTest) -> str:
    shown: Any = at.get("html")
    return re.sub(r"<style>.*?</style>", "", "\n".join(html.body for html in shown))


def settings(workspace: Workspace, document: str) -> dict[str, Any]:
    return workspace.open(document).document.training or {}


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
    more = next(expander for expander in at.expander if expander.label == "More")
    inside = [str(widget.key) for widget in more.text_input]
    assert any(":beta_1" in key for key in inside)
    assert any(":weight_decay" in key for key in inside) is folded
    assert not any(":clipnorm" in key for key in inside)


def test_what_makes_it_faster_is_folded_and_kept(workspace: Workspace, document: str) -> None:
    at = open_page(document)
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
    at = open_page(document)
    field(at.text_input, "run_on").set_value("head:10001").run()
    assert "expected local, or a Ray cluster" in texts(at)
    settled(field(at.text_input, "run_on").set_value("ray://head:10001").run())
    assert settings(workspace, document)["run_on"] == "ray://head:10001"
    assert re.search(r"[\d.]+ [GM]B to train at batch 32<", texts(at)), "of this machine's memory"
    device = field(at.selectbox, "device")
    assert list(device.options) == ["Automatic (a GPU where the cluster has one)", "CPU", "GPU"]
    assert "mixed_float16" in field(at.selectbox, "precision").options
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


def test_without_a_run_in_the_address_the_active_one_is_shown(document: str, fake: FakeRun) -> None:
    fake.train(7)
    at = open_page(document)
    assert button(at, "cs-stop") is not None
    assert button(at, "cs-pause") is not None
    assert button(at, "cs-resume") is None
    assert button(at, "cs-start").label == "Add to the queue"
    assert "Small residual" in texts(at)


def test_an_active_run_goes_before_a_newer_one_that_has_ended(
    home: Path, document: str, fake: FakeRun
) -> None:
    newer = new_run(
        home, TEMPLATES["se_residual_digits"].architecture, TrainingSettings(), document
    )
    newer.folder.rename(newer.folder.with_name("99991231-235959-newer-0000"))
    write_json(
        home / "runs" / "99991231-235959-newer-0000" / STATE, RunState(RunStatus.STOPPED).values()
    )
    at = open_page(document)
    assert button(at, "cs-stop") is not None
    assert field(at.selectbox, "siblings").value == fake.id
    settled(field(at.selectbox, "siblings").select("99991231-235959-newer-0000").run())
    assert at.query_params["run"] == "99991231-235959-newer-0000"


def test_the_choice_of_runs_says_what_the_run_that_is_shown_does_now(
    home: Path, document: str, fake: FakeRun
) -> None:
    new_run(home, TEMPLATES["se_residual_digits"].architecture, TrainingSettings(), document)
    fake.state("starting")
    at = open_page(document, fake.id)
    before = field(at.selectbox, "siblings")
    assert before.value == fake.id
    assert any(title.endswith(", training") for title in before.options), "it will in a moment"
    fake.state("paused")
    after = field(settled(at.run()).selectbox, "siblings")
    assert after.value == fake.id
    assert after.key != before.key, "a browser keeps the words of what stays chosen"


def test_a_run_in_the_address_opens_its_document(
    workspace: Workspace, document: str, fake: FakeRun
) -> None:
    workspace.create(TEMPLATES["small_residual"].architecture)  # the latest, which is not its own
    at = open_page(run=fake.id)
    assert at.query_params["doc"] == document


def test_while_another_network_trains_there_is_a_way_to_it(
    unfit: str, document: str, fake: FakeRun
) -> None:
    at = open_page(unfit)
    assert "Small residual is training on this device." in texts(at)
    assert button(at, "cs-start").label == "Add to the queue"
    settled(button(at, "cs-show-busy").click().run())
    assert at.query_params["run"] == fake.id
    assert button(at, "cs-stop") is not None


@pytest.mark.parametrize("wish", ["pause", "stop"])
def test_a_wish_is_passed_on_and_then_an_end_at_once_is_offered(
    document: str, fake: FakeRun, monkeypatch: pytest.MonkeyPatch, wish: str
) -> None:
    asked: list[str] = []

    def stop(run: Run, *, force: bool = False) -> bool:
        asked.append("kill" if force else "stop")
        return True

    def pause(run: Run) -> bool:
        asked.append("pause")
        return True

    monkeypatch.setattr(launcher, "stop", stop)
    monkeypatch.setattr(launcher, "pause", pause)
    at = open_page(document)
    settled(button(at, f"cs-{wish}").click().run())
    assert asked == [wish]
    assert button(at, "cs-pause") is None
    settled(button(at, "cs-kill").click().run())
    assert asked == [wish, "kill"]


def of_run(kind: Any, key: str) -> Any:
    return next(widget for widget in kind if str(widget.key).startswith(key))


def test_a_paused_run_is_resumed_with_another_learning_rate(
    document: str, fake: FakeRun, started: list[str]
) -> None:
    fake.train(7)
    (fake.folder / "checkpoints").mkdir()
    (fake.folder / "checkpoints" / "LATEST").write_text("epoch-000001")
    fake.end("paused", "paused on request")
    at = open_page(document)
    assert button(at, "cs-resume").label == "Resume"
    assert "It goes on from its newest checkpoint, exactly." in texts(at)
    assert of_run(at.text_input, "cs-rate").value == "0.001"
    settled(of_run(at.text_input, "cs-rate").set_value("nothing").run())
    settled(button(at, "cs-resume").click().run())
    assert "received 'nothing', expected a number" in at.toast[0].value
    of_run(at.text_input, "cs-rate").set_value("0.0005")  # pressed before that was drawn
    settled(button(at, "cs-resume").click().run())
    assert started == [fake.id]
    assert "Changed: learning rate 0.0005 since epoch 2" in texts(at)


def test_a_run_that_was_resumed_by_itself_says_so(document: str, fake: FakeRun) -> None:
    fake.state("running", epoch=1, auto_resumes=1)
    assert "Resumed by itself once" in texts(open_page(document))


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that has 1.2 GB left."""
    cpu = Device("cpu", "CPU", 8 * 10**9, 8 * 10**9 - 1_200_000_000)
    machine = (Device("auto", "Automatic"), cpu)
    monkeypatch.setattr(train_machine, "devices", lambda: machine)
    train_machine.machine_devices.clear()
    yield
    train_machine.machine_devices.clear()


def test_too_little_memory_is_refused_with_the_batch_that_fits_and_a_way_to_insist(
    workspace: Workspace, document: str, started: list[str], little: None
) -> None:
    workspace.set_training(document, {"batch_size": 4096})
    at = open_page(document)
    assert button(at, "cs-start").disabled
    assert "need about 1.4 GB of memory, 1.2 GB are free. Up to 512 would fit." in texts(at)
    settled(button(at, "cs-start-anyway").click().run())
    assert len(started) == 1


def test_a_resume_without_the_memory_for_it_is_refused_and_can_be_insisted_on(
    home: Path, workspace: Workspace, document: str, started: list[str], little: None
) -> None:
    run = new_run(home, workspace.open(document).architecture, TrainingSettings(batch_size=4096))
    write_json(run.folder / STATE, RunState(RunStatus.PAUSED, epoch=1, epochs=10).values())
    at = open_page(run=run.id)
    settled(button(at, "cs-resume").click().run())
    assert started == []
    assert "Up to 512 would fit." in texts(at)
    settled(button(at, "cs-resume-anyway").click().run())
    assert started == [run.id]


def test_a_run_whose_cluster_is_gone_is_resumed_here(
    home: Path,
    workspace: Workspace,
    document: str,
    started: list[str],
    little: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = TrainingSettings(batch_size=4096, run_on="ray://head:10001")
    with monkeypatch.context() as patch:
        patch.setattr(hosts, "require", lambda settings: None)
        run = new_run(home, workspace.open(document).architecture, there)
    write_json(run.folder / STATE, RunState(RunStatus.FAILED, epoch=1, epochs=10).values())
    at = open_page(run=run.id)
    settled(button(at, "cs-resume-here").click().run())
    assert "Up to 512 would fit." in texts(at), "this machine is not looked at"
    settled(button(at, "cs-resume-anyway").click().run())
    assert started == [run.id]
    now = current_settings(read(run.folder))
    assert now is not None
    assert now.is_local
    assert "on this machine since epoch" in texts(at)


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_a_start_on_a_cluster_says_what_is_missing(
    home: Path, workspace: Workspace, document: str, started: list[str]
) -> None:
    workspace.set_training(document, {"run_on": "ray://head:10001"})
    at = settled(button(open_page(document), "cs-start").click().run())
    assert "Ray is not installed" in texts(at)
    assert "requirements-ray.txt" in texts(at)
    assert (started, list_runs(home)) == ([], [])


def test_a_finished_run_is_continued_for_more_epochs(
    home: Path, document: str, fake: FakeRun, started: list[str]
) -> None:
    fake.train()
    fake.end()
    at = open_page(document)
    assert button(at, "cs-resume").label == "Continue for 5 epochs"
    settled(of_run(at.number_input, "cs-more-epochs").set_value(2).run())
    settled(button(at, "cs-resume").click().run())
    assert started == [fake.id]
    assert list_runs(home)[0].state.epochs == 5


def test_runs_wait_in_a_queue_whose_order_can_be_changed(
    home: Path, document: str, fake: FakeRun, started: list[str]
) -> None:
    at = open_page(document)
    settled(button(at, "cs-start").click().run())
    first = at.query_params["run"]
    settled(button(at, "cs-start").click().run())
    second = at.query_params["run"]
    assert started == []
    assert button(at, "cs-leave") is not None
    assert [run.id for run in queue.waiting(list_runs(home))] == [first, second]
    settled(button(at, f"cs-earlier-{second}").click().run())
    assert [run.id for run in queue.waiting(list_runs(home))] == [second, first]
    assert button(at, f"cs-earlier-{second}").disabled
    settled(button(at, f"cs-out-{second}").click().run())
    at = open_page(document, first)
    settled(button(at, "cs-leave").click().run())
    assert queue.waiting(list_runs(home)) == []
    assert button(at, "cs-resume").label == "Start again"


def test_a_finished_run_shows_its_results_and_downloads(document: str, fake: FakeRun) -> None:
    fake.train()
    (fake.folder / MODEL).write_bytes(b"x" * 2_000_000)
    fake.end()
    at = open_page(document)
    shown = texts(at)
    assert "best validation accuracy, epoch" in shown
    assert "<td>Best, epoch" in shown or "<td>Best and last, epoch 3</td>" in shown
    assert f"_convstack/runs/{fake.id}/files/model.keras?token=" in shown
    assert "2.0 MB" in shown
    for name in ("history.csv", "train.py", "log.txt"):
        assert f"/files/{name}?token=" in shown
    assert button(at, "cs-start") is not None


def test_the_settings_of_a_run_can_be_used_again(
    workspace: Workspace, document: str, fake: FakeRun
) -> None:
    fake.end()
    at = open_page(document)
    settled(button(at, "cs-use-settings").click().run())
    assert settings(workspace, document)["epochs"] == 3
    assert button(at, "cs-use-settings") is None, "they are the same now"


@pytest.mark.parametrize("ending", ["failed", "lost", "damaged"])
def test_a_run_that_broke_says_why_and_what_to_do(
    document: str, fake: FakeRun, ending: str
) -> None:
    fake.train(7)
    if ending == "failed":
        fake.end("failed", "out of memory", advice="choose a smaller batch_size")
    else:
        fake.vanish()
    if ending == "damaged":
        (fake.folder / STATE).write_text("{")
    at = open_page(document, fake.id)
    said = {
        "failed": ("Out of memory.", "Choose a smaller batch_size."),
        "lost": (
            "The training process ended without a message, perhaps killed from outside "
            "(SIGKILL): by a person, or by the system because memory ran out.",
            "The end of its log may say more.",
        ),
        "damaged": ("is damaged: state.json cannot be read", "Resume it"),
    }
    for sentence in said[ending]:
        assert sentence in texts(at)
    assert next(e for e in at.expander if e.label == "Log").proto.expanded


def test_a_run_that_is_not_there_is_said_calmly(document: str) -> None:
    at = open_page(document, "20200101-000000-none-0000")
    assert "This run does not exist, or it was deleted." in texts(at)
    assert not button(at, "cs-start").disabled


def test_a_run_without_its_document_is_still_shown(
    workspace: Workspace, document: str, fake: FakeRun
) -> None:
    fake.train()
    fake.end()
    workspace.delete(document)
    at = open_page(document, fake.id)
    assert "was deleted" in texts(at)
    assert "best validation accuracy" in texts(at)
    settled(button(at, "cs-restore-here").click().run())
    assert workspace.open(document)


def test_settings_that_are_none_can_be_replaced(workspace: Workspace, document: str) -> None:
    workspace.set_training(document, {"epochs": "many"})
    at = open_page(document)
    assert "cannot be read: epochs: received" in texts(at)
    settled(button(at, "cs-defaults").click().run())
    assert settings(workspace, document)["epochs"] == 10


def test_what_a_run_trained_opens_as_a_new_document(
    home: Path, workspace: Workspace, document: str, started: list[str]
) -> None:
    at = open_page(document)
    settled(button(at, "cs-start").click().run())
    (run,) = list_runs(home)
    write_json(run.folder / STATE, RunState(RunStatus.STOPPED).values())
    before = len(workspace.entries())
    button(at, "cs-open-run").click().run()
    made = workspace.entries()
    assert len(made) == before + 1
    assert made[0].name == "se_residual_digits"


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

"""The Train page with a run, driven without a browser and without a training."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.runs.json_files import write_json
from builder.runs.run_folder import Run, current_settings, list_runs, read
from builder.runs.run_state import MODEL, STATE, RunState
from builder.runs.status import RunStatus
from builder.scheduler import hosts, launcher, queue
from builder.scheduler.new_run import new_run
from builder.studies.study import Place
from builder.system.devices import Device
from builder.training.settings import TrainingSettings
from components.train import machine as train_machine
from tests.components.driven import button, settled, texts
from tests.components.fake_run import FakeRun
from tests.components.train.train_page import field, open_page, settings


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


def test_a_run_that_was_started_by_hand_goes_before_those_of_a_study(
    home: Path, document: str
) -> None:
    network = TEMPLATES["se_residual_digits"].architecture
    ended = RunState(RunStatus.FINISHED).values()
    by_hand = new_run(home, network, TrainingSettings(), document)
    of_study = new_run(home, network, TrainingSettings(), document, Place("s", "a", 0).fact())
    newest = of_study.folder.with_name("99991231-235959-newer-0000")
    of_study.folder.rename(newest)
    for folder in (by_hand.folder, newest):
        write_json(folder / STATE, ended)
    assert field(open_page(document).selectbox, "siblings").value == by_hand.id


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

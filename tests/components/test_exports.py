"""The Export tab, driven without a browser."""

import re
from html import escape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.actions.exports import FORMATS
from builder.codegen.diagram import images
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.edits import remove
from builder.system.errors import BuilderError
from components import export_jobs, offers, state
from components.export_jobs import Job
from tests.app_server import ROOT
from tests.components.boards import board_of
from tests.components.driven import settled, texts

PAGE = str(ROOT / "components/pages/design.py")
WAIT_SECONDS = 60.0


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return state.workspace()


def open_tab(workspace: Workspace, architecture: Architecture) -> AppTest:
    at = AppTest.from_file(PAGE, default_timeout=60)
    at.query_params["doc"] = workspace.create(architecture)
    at.session_state["cs-views"] = ("Export",)
    return settled(at.run())


def keys(at: AppTest) -> set[str]:
    """The buttons that are there and may be pressed."""
    buttons: Any = at.button
    return {b.key for b in buttons if str(b.key).startswith("cs-export-") and not b.disabled}


def links(at: AppTest) -> dict[str, str]:
    """The addresses of what is made in a moment, by the names of the formats."""
    found = re.findall(r'href="([^"]+)" download>Download (\w*)\.(\w+)<', texts(at))
    by_label = {(one.suffix, one.ending): one.name for one in FORMATS.values()}
    return {by_label[suffix, ending]: address for address, suffix, ending in found}


def offered(at: AppTest) -> set[str]:
    """The names of the formats that can be had."""
    made = {key.removeprefix("cs-export-").rpartition("-")[0] for key in keys(at)}
    return made | links(at).keys()


def press(at: AppTest, name: str, what: str) -> AppTest:
    button = next(b for b in at.button if b.key == f"cs-export-{name}-{what}")
    return settled(button.click().run())


def the_job(at: AppTest) -> Job:
    return at.session_state["cs-export-job"]


SMALL = TEMPLATES["small_residual"].architecture


def test_every_format_has_its_row(workspace: Workspace) -> None:
    at = open_tab(workspace, SMALL)
    assert offered(at) == {*FORMATS}
    for one in FORMATS.values():
        assert f"<b>{one.title}</b> <span>{escape(one.about)}</span>" in texts(at)


def test_a_broken_network_still_has_its_file_and_its_diagram(workspace: Workspace) -> None:
    at = open_tab(workspace, remove(SMALL, ["input_1"]))
    assert "No code yet." in texts(at)
    assert offered(at) == {"json", "svg", "png", "pdf", "dot"}


def test_a_picture_is_made_and_offered(workspace: Workspace) -> None:
    at = press(open_tab(workspace, SMALL), "svg", "make")
    job = the_job(at)
    job.wait(WAIT_SECONDS)
    settled(at.run())
    assert job.state == "done"
    assert job.name == "small_residual.svg"
    assert job.path.read_bytes().startswith(b"<?xml")
    assert export_jobs.find(job.id) is job
    assert f'href="_convstack/exports/{job.id}"' in texts(at)
    assert "small_residual.svg" in texts(at)


def test_while_one_is_made_it_can_be_cancelled_and_no_other_begins(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(dot: str, picture: str, *, cancel: Any) -> bytes:
        assert cancel.wait(WAIT_SECONDS)
        raise BuilderError("the drawing was cancelled")

    monkeypatch.setattr(images, "draw", slowly)
    at = press(open_tab(workspace, SMALL), "pdf", "make")
    assert re.search(r"Drawing small_residual\.pdf … \d+ s", texts(at))
    assert "cs-export-pdf-cancel" in keys(at)
    assert not {"cs-export-png-make", "cs-export-model-make"} & keys(at)
    assert "keras" in links(at), "what is made in a moment can still be had"
    press(at, "pdf", "cancel")
    the_job(at).wait(WAIT_SECONDS)
    settled(at.run())
    assert the_job(at).state == "cancelled"
    assert "cs-export-pdf-make" in keys(at)
    assert "cancelled" not in texts(at), "the person knows"


def test_what_goes_wrong_is_said_in_its_row(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> bytes:
        raise BuilderError("the diagram could not be drawn in 60 seconds", "export to dot")

    monkeypatch.setattr(images, "draw", never)
    at = press(open_tab(workspace, SMALL), "png", "make")
    the_job(at).wait(WAIT_SECONDS)
    shown = texts(settled(at.run()))
    assert "The diagram could not be drawn in 60 seconds." in shown
    assert "Export to dot." in shown


def test_what_is_made_in_a_moment_keeps_its_address_until_the_network_changes(
    workspace: Workspace,
) -> None:
    at = open_tab(workspace, SMALL)
    before = links(at)
    press(at, "svg", "make")
    the_job(at).wait(WAIT_SECONDS)
    assert links(settled(at.run())) == before
    found = offers.find(before["keras"].rpartition("/")[2])
    assert found is not None
    assert (found.name, found.write().count("def build_model")) == ("small_residual.py", 1)
    workspace.edit(at.query_params["doc"], lambda a: remove(a, ["dense_1"]))
    assert not set(links(settled(at.run())).values()) & set(before.values())


def test_an_older_picture_is_not_offered_for_a_changed_network(workspace: Workspace) -> None:
    at = press(open_tab(workspace, SMALL), "svg", "make")
    the_job(at).wait(WAIT_SECONDS)
    document = at.query_params["doc"]
    workspace.edit(document, lambda a: remove(a, ["dense_1"]))
    assert "Ready:" not in texts(settled(at.run()))


def test_the_diagram_shows_what_is_open_on_the_page(workspace: Workspace) -> None:
    at = open_tab(workspace, SMALL)
    board_of(at, at.query_params["doc"]).unfold(("residual_block_1",))
    press(settled(at.run()), "svg", "make")
    the_job(at).wait(WAIT_SECONDS)
    drawn = the_job(at).path.read_text(encoding="utf-8")
    assert drawn.count('class="cluster"') == 1
    assert "MaxPooling2D" in drawn

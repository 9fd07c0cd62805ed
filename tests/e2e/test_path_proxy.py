"""Two apps behind one address, each below a path: how a class or JupyterHub serves them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from builder.documents.document_store import DocumentStore
from tests.app_server import ROOT, running
from tests.browser import watched
from tests.components.fake_run import FakeRun
from tests.path_proxy import Mounted, proxied

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Student:
    """One person's app: its address as a browser knows it, and its data folder."""

    url: str
    home: Path


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Student]]:
    """Ada's app knows its path; Bob's doesn't, as the proxy takes it off."""
    homes = {name: tmp_path_factory.mktemp(name) / "home" for name in ("ada", "bob")}
    with (
        running(ROOT / "app.py", homes["ada"], base_path="/user/ada") as ada,
        running(ROOT / "app.py", homes["bob"]) as bob,
        proxied(
            Mounted("/user/ada", urlsplit(ada.url).port or 0, strips=False),
            Mounted("/user/bob", urlsplit(bob.url).port or 0, strips=True),
        ) as url,
    ):
        yield {name: Student(f"{url}/user/{name}", homes[name]) for name in homes}


@pytest.mark.parametrize("name", ["ada", "bob"])
def test_all_of_the_app_works_behind_a_path(
    browser: Browser, students: dict[str, Student], name: str
) -> None:
    student = students[name]
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    with (
        watched(context.new_page(), student.url) as page,
        FakeRun(student.home, epochs=3, batches=4) as run,
    ):
        edit_on_the_canvas(page, student)
        download_the_code(page)
        watch_a_training(page, student, run)
        take_its_files(page, run)
        follow_the_table_of_runs(page, student, run)
        assert outside_of_the_path(page, student) == []
    context.close()
    assert len(DocumentStore(student.home).entries()) == 1, "the other app's document"


def edit_on_the_canvas(page: Page, student: Student) -> None:
    page.goto(f"{student.url}/")
    page.locator('.react-flow__node[data-id="residual_block_2"]').click()
    page.keyboard.press("Delete")
    expect(page.locator(".react-flow__node.node")).to_have_count(6)
    expect(page.locator(".canvas")).to_have_attribute("data-pending", "0")
    expect(page.locator(".row")).to_have_count(6)
    assert page.evaluate('document.fonts.check("14px Inter")')


def download_the_code(page: Page) -> None:
    page.get_by_role("tab", name="Code").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert "import keras" in download.value.path().read_text()


def watch_a_training(page: Page, student: Student, run: FakeRun) -> None:
    """Events come one by one; a proxy that keeps them back would show none."""
    run.train(2)
    run.flush()
    page.goto(f"{student.url}/train?run={run.id}")
    chart = page.locator("[data-points]").first
    expect(chart).to_have_attribute("data-points", "2")
    run.train(1)
    run.flush()
    expect(chart).to_have_attribute("data-points", "3")


def take_its_files(page: Page, run: FakeRun) -> None:
    run.train()
    run.end()
    with page.expect_download() as download:
        page.get_by_role("link", name="Script").click()
    assert download.value.path().read_text() == "NAME = 'small'\n"


def follow_the_table_of_runs(page: Page, student: Student, run: FakeRun) -> None:
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("link", name="Small residual").click()
    expect(page).to_have_url(f"{student.url}/train?doc=small&run={run.id}")


def outside_of_the_path(page: Page, student: Student) -> list[str]:
    """What the page asked for that is not the student's own."""
    names = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    return [name for name in names if name.startswith("http") and student.url not in name]

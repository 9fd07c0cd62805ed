"""Operations and changes on their way between browsers and the real app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.network import edits
from tests.app_server import ROOT, AppServer, free_port, running
from tests.living_page import lent, visit

pytestmark = pytest.mark.browser

MANY = """(number) => {
    const roots = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')];
    const blocks = roots.flatMap(
        ({ shadowRoot }) => [...shadowRoot.querySelectorAll(".block-item")]);
    const chosen = blocks.filter(({ dataset }) => dataset.block !== "Input");
    const clicked = Array.from({ length: number }, (_, at) => chosen[at % chosen.length]);
    for (const block of clicked) block.click();
    return clicked.map(({ dataset }) => dataset.block);
}"""


@pytest.fixture
def document(app_home: Path) -> str:
    return Workspace(app_home).create(TEMPLATES["small_residual"].architecture)


@pytest.fixture
def pages(context: BrowserContext, server: AppServer, document: str) -> Iterator[tuple[Page, Page]]:
    """Two tabs that show the same document."""
    with lent(context, server.url) as one, lent(context, server.url) as other:
        for page in (one, other):
            visit(page, f"{server.url}/?doc={document}")
            expect(page.locator(".row")).to_have_count(7)
        yield one, other


def row(page: Page, node: str) -> Locator:
    return page.locator(f'.row[data-node-id="{node}"]')


def status(page: Page) -> Locator:
    return page.locator(".stack-bar .status")


def test_two_hundred_operations_arrive_once_and_in_order_though_the_server_is_killed(
    context: BrowserContext, tmp_path: Path
) -> None:
    home, port = tmp_path / "home", free_port()
    workspace = Workspace(home)
    document = workspace.create(TEMPLATES["small_residual"].architecture)
    page = context.new_page()

    def saved() -> list[str]:
        nodes = workspace.open(document).architecture.nodes
        return [node.block.type_name() for node in nodes]

    before = saved()
    with running(ROOT / "app.py", home, port=port) as first:
        page.goto(f"{first.url}/?doc={document}")
        row(page, "dense_1").locator(".name").click()
        expect(page.locator('[data-inspected="dense_1"]')).to_be_attached()
        clicked = page.evaluate(MANY, 200)
        while len(saved()) < len(before) + 20:
            page.wait_for_timeout(10)
        first.process.kill()
        first.process.wait()
    assert len(saved()) < len(before) + 200, "it was killed in the middle"
    expect(status(page)).to_contain_text("Offline")
    with running(ROOT / "app.py", home, port=port):
        expect(page.locator(".row")).to_have_count(len(before) + 200, timeout=60_000)
        expect(page.locator(".board")).to_have_attribute("data-pending", "0", timeout=60_000)
        expect(status(page)).to_have_text("")
        assert saved() == [*before, *clicked]
        nodes = workspace.open(document).architecture.nodes
        assert [node.inputs for node in nodes] == [(), *((node.id,) for node in nodes[:-1])]
        page.close()


def test_a_tab_shows_what_another_one_does_and_so_does_the_page_around_it(
    pages: tuple[Page, Page],
) -> None:
    one, other = pages
    row(other, "residual_block_2").locator(".name").click()
    expect(other.locator('[data-inspected="residual_block_2"]')).to_be_attached()
    row(one, "residual_block_3").locator(".name").click()
    one.keyboard.press("Delete")
    expect(other.locator(".row")).to_have_count(6)
    expect(other.locator(".react-flow__node")).to_have_count(6)
    total = one.locator(".cs-fact b").first.inner_text()
    expect(other.locator(".cs-fact b").first).to_have_text(total)
    expect(row(other, "residual_block_2")).to_have_attribute("aria-selected", "true")
    row(one, "residual_block_2").locator(".name").click()
    expect(one.locator('[data-inspected="residual_block_2"]')).to_be_attached()
    filters = one.get_by_role("spinbutton", name="filters")
    filters.fill("48")
    filters.press("Enter")
    expect(row(other, "residual_block_2")).to_contain_text("8×8×48")
    expect(other.get_by_role("spinbutton", name="filters")).to_have_value("48")


def test_what_another_program_saves_shows(
    pages: tuple[Page, Page], app_home: Path, document: str
) -> None:
    Workspace(app_home).edit(document, lambda a: edits.rename(a, "dense_1", "the_end"))
    for page in pages:
        expect(row(page, "dense_1")).to_contain_text("the_end")
        expect(page.locator('.react-flow__node[data-id="dense_1"]')).to_contain_text("the_end")


def test_a_document_that_is_deleted_elsewhere_can_be_restored_there(
    pages: tuple[Page, Page], app_home: Path, document: str
) -> None:
    one, other = pages
    Workspace(app_home).delete(document)
    for page in pages:
        expect(page.locator(".row")).to_have_count(0)
    one.get_by_role("button", name="Restore").click()
    for page in (one, other):
        expect(page.locator(".row")).to_have_count(7)


def test_without_an_answer_operations_are_kept_and_sent_later(pages: tuple[Page, Page]) -> None:
    page, other = pages
    page.route("**/operations?*", lambda route: route.abort())
    row(page, "residual_block_1").locator(".name").click()
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    expect(status(page)).to_contain_text("Offline")
    expect(page.locator(".row")).to_have_count(5)
    expect(other.locator(".row")).to_have_count(7)
    page.unroute("**/operations?*")
    expect(status(page)).to_have_text("")
    expect(other.locator(".row")).to_have_count(5)

"""Studies in a real browser: an ablation with real trainings, and what a person does with it."""

from pathlib import Path

import pytest
from PIL import ImageColor
from playwright.sync_api import BrowserContext, Page, expect

from builder.codegen.diagram.colors import TEXT, ThemeName
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.studies import study_folder
from builder.studies.conductor import conduct
from builder.studies.study import Study
from tests.app_server import AppServer
from tests.browser import READY, silenceable, watched
from tests.living_page import lent, visit
from tests.studies.fake_trainings import ask, stand_in
from tests.tiny_network import TINY

pytestmark = pytest.mark.browser

MOST_CLICKS = 8


class Visitor:
    """A person, whose presses are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name).first.click()  # pyright: ignore[reportArgumentType]
        self.clicks += 1


def test_parts_are_ticked_at_their_blocks_on_the_canvas(
    context: BrowserContext, server: AppServer, app_home: Path
) -> None:
    workspace = Workspace(app_home)
    document = workspace.create(TEMPLATES["se_residual_digits"].architecture)
    first, second, *_ = (
        node.id
        for node in workspace.open(document).architecture
        if "residual" in node.block.type_name()
    )
    with lent(context, server.url) as page:
        visit(page, f"{server.url}/?doc={document}")
        for node, part in ((first, "without shortcuts"), (second, "without activations")):
            card = page.locator(f'.react-flow__node[data-id="{node}"]')
            card.click()
            shown = f'.st-key-cs-inspector-name input[value="{node}"]'
            expect(page.locator(shown)).to_be_visible()
            page.get_by_role("button", name="Worth…").click()
            page.locator(".st-key-cs-worth-list").get_by_text(part).click()
            expect(page.get_by_role("checkbox", name=part)).to_be_checked()
            expect(page.get_by_role("link", name="Ask what")).to_be_visible()
            expect(card.locator(".ticked")).to_have_text(part)
            page.keyboard.press("Escape")
        page.get_by_role("button", name="Worth…").click()
        page.get_by_role("link", name="Ask what these 2 are worth").click()
        rows = page.locator(".cs-plan tbody tr")
        expect(rows).to_have_count(3)
        expect(rows.nth(1)).to_contain_text(f"without shortcuts of {first}")
        expect(rows.nth(2)).to_contain_text(f"without activations of {second}")
        page.get_by_text(f"Without activations of {second}", exact=True).click()
        expect(rows).to_have_count(2)
        page.get_by_role("button", name="Start again").click()
        expect(page.locator(".cs-plan")).to_contain_text("without dropout")


@pytest.fixture
def finished(app_home: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study whose trainings are made up."""
    stand_in(monkeypatch)
    study = ask(app_home, seeds=8)
    conduct(study.folder, 0)
    return study


def test_an_ablation_takes_at_most_eight_clicks_to_its_verdict(
    context: BrowserContext, server: AppServer, app_home: Path
) -> None:
    workspace = Workspace(app_home)
    document = workspace.create(TINY)
    workspace.set_training(document, {"epochs": 1, "batch_size": 256})
    with lent(context, server.url) as page:
        visit(page, f"{server.url}/?doc={document}")
        visitor = Visitor(page)
        visitor.press("button", "Study")
        visitor.press("link", "What is each part worth?")
        expect(page.locator(".cs-plan")).to_contain_text("without dropout")
        expect(page.locator(".cs-facts").first).to_contain_text("= 12")
        visitor.press("button", "Start the study")
        answer = page.locator(".cs-answer")
        expect(answer).to_be_visible()
        expect(page.locator(".cs-study-question")).to_contain_text("What is each part worth?")
        expect(page.get_by_text("12 of 12")).to_be_visible(timeout=180_000)
        expect(answer).to_contain_text("ithout dropout")
        assert visitor.clicks <= MOST_CLICKS
        expect(page.locator("[data-row='v001']")).to_contain_text("6 of 6")
        expect(page.locator(".cs-figure .main-svg").first).to_be_visible()
    study = next(s for s in study_folder.list_studies(app_home) if s.document_id == document)
    known = study_folder.results(study)
    assert known is not None
    assert known.ended == known.planned == 12
    assert study_folder.wanted(study) is study_folder.Wanted.DONE


def test_rows_are_sorted_and_open_what_differs(
    context: BrowserContext, server: AppServer, finished: Study
) -> None:
    with lent(context, server.url) as page:
        visit(page, f"{server.url}/studies?study={finished.id}")
        rows = page.locator("[data-row]")
        expect(rows).to_have_count(3)
        expect(rows.first).to_contain_text("base")
        page.get_by_role("button", name="Params").click()
        expect(page.get_by_role("columnheader", name="Params")).to_have_attribute(
            "aria-sort", "descending"
        )
        page.get_by_role("button", name="Params").click()
        expect(rows.first).to_contain_text("without shortcuts")
        page.locator("[data-row='v002'] button").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("1 block differs")
        dialog.get_by_role("button", name="Open as a document").click()
        expect(page).to_have_title("Design · Convstack")
        expect(page.locator('.row[data-node-id="dense_1"]')).to_be_visible()
        expect(page.locator('.row[data-node-id="dropout_1"]')).to_have_count(0)


def test_pictures_keep_their_zoom_while_the_page_is_drawn_anew(
    context: BrowserContext, server: AppServer, finished: Study
) -> None:
    with lent(context, server.url) as page:
        visit(page, f"{server.url}/studies?study={finished.id}")
        plot = page.locator(".cs-figure .js-plotly-plot, .cs-figure .cs-chart-plot").first
        expect(plot.locator(".main-svg").first).to_be_visible()
        plot.evaluate("plot => Plotly.relayout(plot, {'xaxis.range': [39, 41]})")
        mark = plot.evaluate("plot => (plot.dataset.mark = 'same')")
        page.emulate_media(color_scheme="dark")  # the page and every color of the picture change
        page.locator(READY).wait_for(state="attached")
        ticks = page.locator(".cs-figure .xtick text")
        expect(ticks.first).to_have_css("fill", "rgb(228, 231, 235)")
        assert plot.evaluate("plot => plot.layout.xaxis.range") == [39, 41]
        assert plot.evaluate("plot => plot.dataset.mark") == mark
        page.emulate_media(color_scheme="light")


def test_pictures_follow_a_switch_of_the_theme_without_the_server(
    context: BrowserContext, server: AppServer, finished: Study
) -> None:
    with watched(context.new_page(), server.url) as page:
        silence = silenceable(page)
        page.goto(f"{server.url}/studies?study={finished.id}")
        figures = page.locator(".cs-figure[data-drawn]")
        expect(figures.first.locator(".xtick text").first).to_be_visible()
        page.locator(READY).wait_for(state="attached")
        silence()
        ticks = figures.first.locator(".xtick text").first
        expect(ticks).to_have_css("fill", ink("light"))
        page.emulate_media(color_scheme="dark")
        expect(ticks).to_have_css("fill", ink("dark"))
        page.emulate_media(color_scheme="light")
        expect(ticks).to_have_css("fill", ink("light"))


def ink(theme: ThemeName) -> str:
    """The color of the texts of pictures in a theme, as a browser writes it."""
    return "rgb({}, {}, {})".format(*ImageColor.getrgb(TEXT[theme]))


def test_runs_of_a_study_fold_into_one_row(
    context: BrowserContext, server: AppServer, finished: Study
) -> None:
    with watched(context.new_page(), server.url) as page:
        page.goto(f"{server.url}/runs")
        row = page.locator(f"[data-run='{finished.id}']")
        expect(row).to_contain_text("24 of 24 finished")
        members = page.locator("tr.child:visible").filter(has_text=finished.architecture.name)
        expect(members).to_have_count(0)
        row.locator(".fold").click()
        expect(members).to_have_count(24)
        row.locator(".fold").click()
        expect(members).to_have_count(0)
        row.get_by_role("link", name=finished.title).click()
        expect(page).to_have_title("Studies · Convstack")
        expect(page.locator(".cs-answer")).to_contain_text("Without shortcuts")

"""The page of `app.py` in a real browser, and the words in which the tests speak of it."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.app_server import AppServer, running
from tests.browser import listening, shared_visitor
from tests.components.board.conftest import AWAY, show_first
from tests.living_page import lent, visit

APP = Path(__file__).parents[1] / "board" / "app.py"


@dataclass(frozen=True)
class CanvasPage:
    """A browser page that shows the canvas."""

    page: Page

    @property
    def root(self) -> Locator:
        return self.page.locator(".canvas")

    def node(self, node: str) -> Locator:
        return self.page.locator(f'.react-flow__node[data-id="{node}"]')

    def wire(self, source: str, target: str) -> Locator:
        return self.page.locator(f'.wire[data-edge="{source}>{target}"]')

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def add(self, search: str) -> None:
        """Add a block by its name, after what is selected."""
        self.page.keyboard.press("/")
        self.page.keyboard.type(search)
        self.press("Enter")

    def connect(self, source: str, target: str) -> None:
        """Draw a connection from one node's end into the middle of another one, and hold it."""
        x, y = self.draw(source)
        card = self.node(target).bounding_box()
        assert card is not None
        self.page.mouse.move(x + 40, y + 20, steps=3)
        self.page.mouse.move(card["x"] + 60, card["y"] + 25, steps=4)

    def draw(self, node: str, end: Literal["source", "target"] = "source") -> tuple[float, float]:
        """Begin a connection at one end of a node; returns where that is."""
        self.node(node).hover()
        handle = self.node(node).locator(f".react-flow__handle.{end}:not(.quiet)").bounding_box()
        assert handle is not None
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        return x, y

    def add_subtract(self) -> dict[str, list[str]]:
        """Add a Subtract that reads two blocks, the second along a lane; returns all inputs."""
        self.node("residual_block_2").click()
        self.add("subtract")
        self.connect("rescaling_1", "subtract_1")
        self.page.mouse.up()
        inputs = self.inputs()
        assert inputs["subtract_1"] == ["residual_block_2", "rescaling_1"]
        return inputs

    def fold(self, box: str) -> None:
        self.node(box).locator(".fold").click()
        self.settle()

    def settle(self) -> None:
        """Wait until the server has answered everything and the script is at rest."""
        expect(self.root).to_have_attribute("data-pending", "0")
        expect(self.root).to_have_attribute("data-behind", "false")
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        expect(self.root).to_have_attribute("data-laid", "true")

    def facts(self) -> dict[str, Any]:
        """What the server knows: the graph, the selection, what was refused."""
        self.settle()
        facts = json.loads(self.page.get_by_test_id("stText").inner_text())
        return {name: facts[name] for name in ("inputs", "selection", "grouped", "messages")}

    def inputs(self) -> dict[str, list[str]]:
        return self.facts()["inputs"]

    def selected(self) -> set[str]:
        chosen = self.page.locator(".react-flow__node.selected")
        return set(chosen.evaluate_all("nodes => nodes.map(node => node.dataset.id)"))

    def places(self) -> dict[str, str]:
        nodes = self.page.locator(".react-flow__node.node")
        found = nodes.evaluate_all("all => all.map(n => [n.dataset.id, n.style.transform])")
        return dict(found)


OpenCanvas = Callable[..., CanvasPage]


@pytest.fixture(scope="session")
def canvas_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    with running(APP, tmp_path_factory.mktemp("canvas") / "home") as server:
        yield server


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    """A visitor whose window is higher than elsewhere."""
    with shared_visitor(viewport={"width": 1660, "height": 1140}) as made:
        yield made


@pytest.fixture
def open_canvas(canvas_server: AppServer, context: BrowserContext) -> Iterator[OpenCanvas]:
    """Opens the canvas on a new document: `open_canvas("unet")`."""
    problems: list[str] = []

    def note(line: ConsoleMessage) -> None:
        problems.extend([line.text] * (line.type == "error"))

    def open_(
        template: str = "small_residual", *, theme: Literal["light", "dark"] = "light"
    ) -> CanvasPage:
        page = pages.enter_context(lent(context, canvas_server.url, rest=AWAY))
        pages.enter_context(listening(page, "console", note))
        page.emulate_media(color_scheme=theme)
        show_first(context, canvas_server.url, ("Canvas", ""))
        visit(page, f"{canvas_server.url}/?network={template}&height=860&name={uuid.uuid4().hex}")
        canvas = CanvasPage(page)
        expect(canvas.root).to_have_attribute("data-direction", "down")
        canvas.settle()
        return canvas

    with ExitStack() as pages:
        yield open_
    assert not problems

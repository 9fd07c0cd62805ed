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
from tests.browser import listening
from tests.living_page import lent, visit

APP = Path(__file__).with_name("app.py")

AWAY = "/?away=1"
"""Where a page rests: nothing of a board is there."""


def show_first(context: BrowserContext, url: str, views: tuple[str, str]) -> None:
    """Has the browser remember which views were shown."""
    context.add_cookies([{"name": "convstack-views", "value": ".".join(views), "url": url}])


@dataclass(frozen=True)
class BoardPage:
    """A browser page that shows a board."""

    page: Page
    problems: list[str]

    @property
    def root(self) -> Locator:
        return self.page.locator(".board")

    @property
    def search(self) -> Locator:
        return self.page.get_by_label("Search blocks; Enter adds the first hit")

    @property
    def toolbar(self) -> Locator:
        return self.page.locator(".row-toolbar:not(.passing)")

    def row(self, node: str) -> Locator:
        return self.page.locator(f'.row[data-node-id="{node}"]')

    def part(self, key: str) -> Locator:
        return self.page.locator(f'.part[data-part="{key}"]')

    def card(self, node: str) -> Locator:
        return self.page.locator(f'.react-flow__node[data-id="{node}"]')

    def block(self, block: str) -> Locator:
        return self.page.locator(f'.block-item[data-block="{block}"]')

    def ids(self) -> list[str]:
        return self.page.locator(".row").evaluate_all("rows => rows.map(r => r.dataset.nodeId)")

    def chosen(self) -> list[str]:
        rows = self.page.locator('.row[aria-selected="true"]')
        return rows.evaluate_all("rows => rows.map(r => r.dataset.nodeId)")

    def select(self, node: str) -> None:
        self.row(node).locator(".name").click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def settle(self) -> None:
        """Wait until the server has answered everything and the script is at rest."""
        expect(self.root).to_have_attribute("data-pending", "0")
        expect(self.root).to_have_attribute("data-behind", "false")
        expect(self.root).to_have_attribute("data-behind", "false")
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")

    def expect_rows(self, *ids: str) -> None:
        self.settle()
        assert self.ids() == list(ids)

    def expect_selected(self, node: str) -> None:
        expect(self.page.locator('.row[aria-selected="true"]')).to_have_attribute(
            "data-node-id", node
        )

    def facts(self) -> dict[str, Any]:
        """What the server knows: the graph, what was applied, how often it ran."""
        self.settle()
        return json.loads(self.page.get_by_test_id("stText").inner_text())

    def operations(self) -> list[str]:
        """What was applied, without numbers and selections."""
        names = [entry.split(":")[1] for entry in self.facts()["applied"]]
        return [name for name in names if name != "select"]

    def focused(self) -> str:
        """What has the keyboard, through the shadow root."""
        return self.page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                const { nodeId, part } = at.dataset;
                return nodeId ?? part ?? at.getAttribute("aria-label") ?? at.tagName;
            }"""
        )

    def drag(self, source: Locator, target: Locator, edge: Literal["top", "bottom"]) -> None:
        """Take something by its middle to the edge of a row, and hold it there."""
        source.hover(position={"x": 60, "y": 13})
        self.page.mouse.down()
        box = target.bounding_box()
        assert box is not None
        y = box["y"] + (4 if edge == "top" else box["height"] - 4)
        self.page.mouse.move(box["x"] + 150, y - 12, steps=3)
        self.page.mouse.move(box["x"] + 120, y, steps=3)


OpenBoard = Callable[..., BoardPage]


@pytest.fixture(scope="session")
def board_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    with running(APP, tmp_path_factory.mktemp("board") / "home") as server:
        yield server


@pytest.fixture
def open_board(board_server: AppServer, context: BrowserContext) -> Iterator[OpenBoard]:
    """Opens a new document: `open_board("chain", width=…, theme=…, views=(…), **query)`."""
    problems: list[str] = []

    def note(line: ConsoleMessage) -> None:
        problems.extend([line.text] * (line.type == "error"))

    def open_(
        network: str = "chain",
        *,
        width: int = 1200,
        theme: Literal["light", "dark"] = "light",
        views: tuple[str, str] = ("Stack", ""),
        **query: object,
    ) -> BoardPage:
        page = pages.enter_context(lent(context, board_server.url, rest=AWAY))
        pages.enter_context(listening(page, "console", note))
        page.set_viewport_size({"width": width, "height": 760})
        page.emulate_media(color_scheme=theme)
        show_first(context, board_server.url, views)
        asked = {"name": uuid.uuid4().hex, "network": network, **query}
        address = "&".join(f"{name}={value}" for name, value in asked.items())
        visit(page, f"{board_server.url}/?{address}")
        board = BoardPage(page, problems)
        expect(board.root).to_have_attribute("data-revision", "1", timeout=20_000)
        board.settle()
        return board

    with ExitStack() as pages:
        yield open_
    assert not problems

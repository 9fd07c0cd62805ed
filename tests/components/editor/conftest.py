"""The page of `app.py` in a real browser, and the words in which the tests speak of it."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.app_server import AppServer, running

APP = Path(__file__).with_name("app.py")


@dataclass(frozen=True)
class EditorPage:
    """A browser page that shows the editor."""

    page: Page
    problems: list[str]

    @property
    def root(self) -> Locator:
        return self.page.locator(".editor")

    @property
    def search(self) -> Locator:
        return self.page.get_by_label("Search blocks; Enter adds the first hit")

    @property
    def toolbar(self) -> Locator:
        return self.page.locator(".row-toolbar:not(.passing)")

    def row(self, node: str) -> Locator:
        return self.page.locator(f'.row[data-node-id="{node}"]')

    def block(self, block: str) -> Locator:
        return self.page.locator(f'.block-item[data-block="{block}"]')

    def ids(self) -> list[str]:
        return self.page.locator(".row").evaluate_all("rows => rows.map(r => r.dataset.nodeId)")

    def select(self, node: str) -> None:
        self.row(node).locator(".name").click()

    def settle(self) -> None:
        """Wait until the server has answered everything and the script is at rest."""
        expect(self.root).to_have_attribute("data-pending", "0")
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
        """What the server says of itself: the operations applied, and how often it ran."""
        self.settle()
        return json.loads(self.page.get_by_test_id("stText").inner_text())

    def focused(self) -> str:
        """What has the keyboard, through the shadow root."""
        return self.page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                return at.dataset.nodeId ?? at.getAttribute("aria-label") ?? at.tagName;
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


OpenEditor = Callable[..., EditorPage]


@pytest.fixture(scope="session")
def editor_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    with running(APP, tmp_path_factory.mktemp("editor") / "home") as server:
        yield server


@pytest.fixture
def open_editor(editor_server: AppServer, context: BrowserContext) -> Iterator[OpenEditor]:
    """Opens the editor on new rows: `open_editor("chain", width=…, theme=…, **query)`."""
    opened: list[EditorPage] = []

    def open_(
        scene: str = "chain",
        *,
        width: int = 1000,
        theme: Literal["light", "dark"] = "light",
        **query: object,
    ) -> EditorPage:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 760})
        page.emulate_media(color_scheme=theme)
        editor = EditorPage(page, [])
        opened.append(editor)
        page.on("pageerror", lambda error: editor.problems.append(str(error)))
        page.on(
            "console", lambda line: editor.problems.extend([line.text] * (line.type == "error"))
        )
        asked = {"document": uuid.uuid4().hex, "scene": scene, **query}
        page.goto(
            f"{editor_server.url}/?" + "&".join(f"{name}={value}" for name, value in asked.items())
        )
        expect(editor.root).to_have_attribute("data-revision", re.compile(r"\d"), timeout=20_000)
        editor.settle()
        return editor

    yield open_
    for editor in opened:
        editor.page.close()
    assert not [problem for editor in opened for problem in editor.problems]

"""The canvas under a finger, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, CDPSession, expect

from tests.browser import shared_visitor
from tests.components.canvas.conftest import CanvasPage, OpenCanvas

pytestmark = pytest.mark.browser

FINGER = 44
"""Pixels that a finger needs, in both directions."""

PLACE_ON = """(line, share) => {
    const { x, y } = line.getPointAtLength(line.getTotalLength() * share);
    const { a, d, e, f } = line.getScreenCTM();
    return [x * a + e, y * d + f];
}"""
"""A place on a line, in pixels of the window."""

TAKES = """(line, [x, y]) => {
    const found = line.getRootNode().elementFromPoint(x, y);
    return found?.closest(".react-flow__edge.selected") !== null;
}"""
"""Whether a finger at a place takes an end of the selected line."""

IS_THERE = "(element, [x, y]) => element.getRootNode().elementFromPoint(x, y) === element"
"""Whether a finger at a place meets an element."""


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    window = {"width": 1660, "height": 1140}
    with shared_visitor(viewport=window, has_touch=True, is_mobile=True) as made:
        yield made


class Finger:
    """One finger on a page."""

    def __init__(self, canvas: CanvasPage) -> None:
        self._canvas = canvas
        self._session: CDPSession = canvas.page.context.new_cdp_session(canvas.page)

    def _send(self, what: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        self._session.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": points})

    def tap(self, at: tuple[float, float]) -> None:
        self._send("touchStart", at)
        self._send("touchEnd")

    def hold(self, at: tuple[float, float], to: tuple[float, float]) -> None:
        """Go from one place to another one, and stay."""
        self._send("touchStart", at)
        self.move(to)

    def move(self, to: tuple[float, float]) -> None:
        self._send("touchMove", to)

    def lift(self) -> None:
        self._send("touchEnd")

    def lose(self) -> None:
        """The system takes the finger away from the page."""
        self._send("touchCancel")


def on_line(canvas: CanvasPage, wire: tuple[str, str], share: float) -> tuple[float, float]:
    x, y = canvas.wire(*wire).locator(".hit").evaluate(PLACE_ON, share)
    return x, y


def end(canvas: CanvasPage, which: str) -> tuple[float, float]:
    """Where an end of the selected line is taken."""
    grip = canvas.page.locator(f'.react-flow__edge.selected .grip[data-end="{which}"]')
    box = grip.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def middle(canvas: CanvasPage, node: str, share: float = 0.3) -> tuple[float, float]:
    box = canvas.node(node).bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


@pytest.fixture
def canvas(open_canvas: OpenCanvas) -> CanvasPage:
    """A network with a Subtract that reads two blocks, the second along a lane."""
    canvas = open_canvas()
    canvas.add_subtract()
    return canvas


WIRE = ("rescaling_1", "subtract_1")


def select(canvas: CanvasPage, finger: Finger) -> None:
    """Tap the line until it is selected: Chromium does not count a tap just after a quick drag."""
    selected = canvas.page.locator(".react-flow__edge.selected")
    for _ in range(10):
        finger.tap(on_line(canvas, WIRE, 0.4))
        canvas.settle()
        if selected.count():
            return
        canvas.page.wait_for_timeout(100)
    expect(selected).to_have_count(1)


def test_a_finger_takes_the_end_of_a_line_to_another_block_or_input(canvas: CanvasPage) -> None:
    finger = Finger(canvas)
    select(canvas, finger)
    line = canvas.wire(*WIRE).locator(".hit")
    x, y = on_line(canvas, WIRE, 0.25)  # on its lane, which runs down
    for off in (-FINGER / 2 + 1, FINGER / 2 - 1):
        assert line.evaluate(TAKES, [x + off, y])
    finger.hold(on_line(canvas, WIRE, 0.9), middle(canvas, "subtract_1", 0.6))
    held = canvas.page.locator(".inlets [data-held]")
    expect(held).to_have_text("2")
    finger.lift()
    assert canvas.inputs()["subtract_1"] == ["residual_block_2", "rescaling_1"]
    finger.hold(end(canvas, "target"), middle(canvas, "subtract_1"))
    tip = canvas.page.locator(".tip")
    expect(tip).to_have_text("Becomes input 1; residual_block_2 becomes input 2.")
    finger.lift()
    assert canvas.inputs()["subtract_1"] == ["rescaling_1", "residual_block_2"]
    select(canvas, finger)
    finger.hold(end(canvas, "source"), middle(canvas, "residual_block_3"))
    expect(tip).to_contain_text("would close a cycle")
    finger.lift()
    assert canvas.inputs()["subtract_1"] == ["rescaling_1", "residual_block_2"]
    finger.hold(end(canvas, "source"), middle(canvas, "residual_block_1"))
    expect(canvas.node("residual_block_1").locator('[data-fit="misfit"]')).to_be_attached()
    finger.move(middle(canvas, "residual_block_1", 0.4))
    finger.lift()
    expect(canvas.wire("residual_block_1", "subtract_1")).to_be_attached()
    assert canvas.inputs()["subtract_1"] == ["residual_block_1", "residual_block_2"]


def test_a_finger_draws_a_line_from_a_selected_block(canvas: CanvasPage) -> None:
    finger = Finger(canvas)
    node = "residual_block_1"
    finger.tap(middle(canvas, node))
    expect(canvas.page.locator(".react-flow__node.selected")).to_have_count(1)
    canvas.settle()
    handle = canvas.node(node).locator(".react-flow__handle.source")
    box = handle.bounding_box()
    assert box is not None
    x, top = box["x"] + box["width"] / 2, box["y"] - 3  # from there on it reaches down
    corners = [(x + off, top + down) for off in (-21, 21) for down in (0, FINGER - 2)]
    for corner in corners:
        assert handle.evaluate(IS_THERE, corner), f"{corner} does not belong to {box}"
    finger.hold(corners[-1], middle(canvas, "residual_block_3"))
    expect(canvas.page.locator(".graph")).to_have_attribute("data-seeks", "target")
    finger.move(middle(canvas, "residual_block_3", 0.4))
    finger.lift()
    expect(canvas.wire(node, "residual_block_3")).to_be_attached()
    assert canvas.inputs()["residual_block_3"] == [node]


def test_a_finger_that_is_taken_away_leaves_the_line_where_it_was(canvas: CanvasPage) -> None:
    finger, before = Finger(canvas), canvas.inputs()
    select(canvas, finger)
    finger.hold(end(canvas, "source"), middle(canvas, "residual_block_1"))
    graph = canvas.page.locator(".graph")
    expect(graph).to_have_attribute("data-seeks", "source")
    finger.lose()
    expect(graph).not_to_have_attribute("data-seeks", "source")
    assert canvas.inputs() == before
    expect(canvas.wire(*WIRE)).to_be_visible()

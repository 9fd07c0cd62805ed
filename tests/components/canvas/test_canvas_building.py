"""Networks built by hand in the real app: palette, canvas and inspector together."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from builder.documents.workspace import Workspace
from builder.network.architecture import Architecture
from tests.app_server import AppServer
from tests.components.canvas.conftest import CanvasPage
from tests.living_page import lent, visit

pytestmark = pytest.mark.browser

RESIDUAL = [
    "input_1",
    "rescaling_1",
    "residual_block_1",
    "residual_block_2",
    "residual_block_3",
    "global_average_pooling2d_1",
    "dense_1",
]
UNET = {
    "input_1": [],
    "unet_encoder_step_1": ["input_1"],
    "unet_encoder_step_2": ["unet_encoder_step_1"],
    "unet_encoder_step_3": ["unet_encoder_step_2"],
    "unet_decoder_step_1": ["unet_encoder_step_3", "unet_encoder_step_2"],
    "unet_decoder_step_2": ["unet_decoder_step_1", "unet_encoder_step_1"],
    "conv2d_1": ["unet_decoder_step_2"],
}


class Studio(CanvasPage):
    """The Design page, and what hands do in it."""

    @property
    def chip(self) -> Locator:
        return self.page.locator(".chip")

    @property
    def total(self) -> Locator:
        return self.page.locator(".cs-fact b").first

    def carry(self, block: str, to: Locator, x: float, y: float) -> None:
        """Take a block from the palette to a place within something, and hold it there."""
        item = self.page.locator(f'.block-item[data-block="{block}"]')
        item.scroll_into_view_if_needed()
        item.hover()
        self.page.mouse.down()
        box = to.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + x, box["y"] + y - 30, steps=3)
        self.page.mouse.move(box["x"] + x, box["y"] + y, steps=3)

    def let_go(self) -> None:
        self.page.mouse.up()
        self.settle()

    @property
    def ground(self) -> Locator:
        return self.page.locator(".graph")

    def fill(self, name: str, value: str) -> None:
        field = self.page.get_by_role("spinbutton", name=name, exact=True)
        expect(self.page.locator(".st-key-cs-inspector")).not_to_have_attribute("inert", "")
        field.fill(value)
        field.press("Enter")
        self.settle()

    def inspected(self, node: str) -> None:
        """Wait for a node's inspector; the one before it may still be there for a moment."""
        name = self.page.locator(".st-key-cs-inspector-name input")
        expect(name.and_(self.page.locator(f'[value="{node}"]'))).to_have_count(1)
        expect(name).to_have_count(1)
        self.settle()
        expect(self.page.locator(".st-key-cs-inspector")).not_to_have_attribute("inert", "")


@pytest.fixture
def studio(context: BrowserContext, server: AppServer, app_home: Path) -> Iterator[Studio]:
    document = Workspace(app_home).create(Architecture(name="by hand"))
    with lent(context, server.url) as page:
        yield opened(page, f"{server.url}/?doc={document}")


def opened(page: Page, address: str) -> Studio:
    visit(page, address)
    studio = Studio(page)
    expect(studio.root).to_have_attribute("data-direction", "down")
    studio.settle()
    return studio


def wiring(studio: Studio, home: Path) -> dict[str, list[str]]:
    """The network as it is saved."""
    studio.settle()
    document = studio.page.url.rpartition("=")[2]
    return {
        node.id: list(node.inputs) for node in Workspace(home).open(document).architecture.nodes
    }


def test_the_small_residual_net_is_built_from_nothing_broken_and_mended(
    studio: Studio, app_home: Path
) -> None:
    chip, ground = studio.chip, studio.ground
    studio.carry("Input", ground, 160, 60)
    expect(chip).to_have_text("Inputas the first block")
    studio.page.keyboard.press("Escape")
    expect(chip).to_have_count(0)
    studio.page.mouse.up()
    assert wiring(studio, app_home) == {}
    studio.carry("Input", ground, 160, 60)
    studio.let_go()
    studio.inspected("input_1")
    # Onto a card; onto the connection, which lights up; onto the ground, after what is selected.
    studio.carry("GlobalAveragePooling2D", studio.node("input_1"), 100, 30)
    expect(studio.node("input_1").locator(".card")).to_have_attribute("data-lit", "")
    studio.let_go()
    line = studio.wire("input_1", "global_average_pooling2d_1")
    box = line.locator(".line").bounding_box()
    assert box is not None
    studio.carry("Rescaling", ground, 0, 0)
    studio.page.mouse.move(box["x"] + 3, box["y"] + box["height"] / 2, steps=2)
    expect(studio.page.locator(".react-flow__edge.lit")).to_have_count(1)
    expect(chip).to_contain_text("between input_1 and global_average_pooling2d_1")
    studio.let_go()
    studio.inspected("rescaling_1")
    for number, filters in enumerate(("", "64", "128"), 1):
        if number == 1:
            studio.carry("residual_block", ground, 320, 300)
            studio.let_go()
        elif number == 2:
            studio.root.focus()
            studio.add("residual_block")
        else:
            studio.carry("residual_block", studio.node("residual_block_2"), 100, 30)
            studio.let_go()
        studio.inspected(f"residual_block_{number}")
        if filters:
            studio.fill("filters", filters)
        if number < 3:
            studio.page.get_by_text("pooling", exact=True).click()
            studio.settle()
    # Unconnected by Shift, then connected by its ends.
    studio.page.keyboard.press("Escape")
    studio.root.focus()
    studio.press("f")
    studio.carry("Dense", ground, 40, 36)
    studio.page.keyboard.down("Shift")
    expect(chip).to_have_text("Denseunconnected")
    studio.page.mouse.up()
    studio.page.keyboard.up("Shift")
    studio.inspected("dense_1")
    assert wiring(studio, app_home)["dense_1"] == []
    studio.root.focus()
    studio.press("f")
    studio.connect("global_average_pooling2d_1", "dense_1")
    studio.page.mouse.up()
    studio.settle()
    studio.node("dense_1").click()
    studio.inspected("dense_1")
    studio.fill("units", "1")
    chain = [[]] + [[node] for node in RESIDUAL[:-1]]
    assert wiring(studio, app_home) == dict(zip(RESIDUAL, chain, strict=True))
    expect(studio.total).to_have_text("297,697")
    # Broken: a connection is cut. The node that is to blame says so; mended by drawing it again.
    studio.wire("residual_block_2", "residual_block_3").locator(".hit").click(force=True)
    studio.press("Delete")
    expect(studio.node("residual_block_3").locator(".badge")).to_be_visible()
    expect(studio.total).not_to_have_text("297,697")
    studio.connect("residual_block_2", "residual_block_3")
    studio.page.mouse.up()
    studio.settle()
    expect(studio.node("residual_block_3").locator(".badge")).to_have_count(0)
    expect(studio.total).to_have_text("297,697")


def test_a_unet_with_long_skips_is_built_undone_and_found_again(
    studio: Studio, app_home: Path
) -> None:
    studio.root.focus()
    names = ["input", *["unet_encoder"] * 3, *["unet_decoder"] * 2, "conv2d"]
    for name in names:
        studio.page.keyboard.press("/")
        studio.page.keyboard.insert_text(name)
        studio.page.keyboard.press("Enter")
    expect(studio.node("conv2d_1")).to_be_visible()
    studio.press("f")
    studio.connect("unet_encoder_step_2", "unet_decoder_step_1")
    studio.page.mouse.up()
    studio.settle()
    studio.connect("unet_encoder_step_1", "unet_decoder_step_2")
    studio.page.mouse.up()
    assert wiring(studio, app_home) == UNET
    studio.root.focus()
    for _ in range(len(names) + 2):
        studio.page.keyboard.press("Control+z")
    assert wiring(studio, app_home) == {}
    expect(studio.page.get_by_text("Nothing here yet")).to_be_visible()
    for _ in range(len(names) + 2):
        studio.page.keyboard.press("Control+y")
    assert wiring(studio, app_home) == UNET
    places = studio.places()
    studio.page.reload()
    expect(studio.node("conv2d_1")).to_be_visible()
    assert studio.places() == places
    assert wiring(studio, app_home) == UNET
    # The stack copies and pastes as well.
    studio.page.locator('.row[data-node-id="conv2d_1"] .name').click()
    studio.press("Control+c", "Control+v")
    assert wiring(studio, app_home) == UNET | {"conv2d_2": ["unet_decoder_step_2"]}


def test_a_reload_in_the_middle_of_typing_loses_nothing(studio: Studio, app_home: Path) -> None:
    studio.root.focus()
    studio.add("input")
    for _ in range(6):
        studio.page.keyboard.press("/")
        studio.page.keyboard.insert_text("relu")
        studio.page.keyboard.press("Enter")
    studio.page.reload()
    expect(studio.node("re_lu_6")).to_be_visible()
    assert list(wiring(studio, app_home)) == ["input_1", *(f"re_lu_{n}" for n in range(1, 7))]
    studio.root.focus()
    studio.press("Control+a")
    assert len(studio.selected()) == 7
    studio.node("re_lu_3").click()
    studio.settle()
    assert studio.selected() == {"re_lu_3"}, "a click on one of several selects it alone"


def test_what_keys_do_in_a_burst_arrives_once_and_in_order(studio: Studio, app_home: Path) -> None:
    studio.root.focus()
    studio.add("input")
    blocks = [("relu", "re_lu"), ("flatten", "flatten"), ("dropout", "dropout"), ("add", "add")]
    expected = ["input_1"]
    for round_ in range(5):
        search, prefix = blocks[round_ % 4]
        studio.page.keyboard.press("/")
        studio.page.keyboard.insert_text(search)
        studio.page.keyboard.press("Enter")
        for _ in range(9):
            studio.page.keyboard.press("Control+d")
        expected += [f"{prefix}_{round_ // 4 * 10 + number}" for number in range(1, 11)]
    chain = wiring(studio, app_home)
    assert list(chain) == expected
    assert list(chain.values()) == [[], *([node] for node in expected[:-1])]


def test_a_residual_block_with_its_projection_is_built_by_keys_alone(
    studio: Studio, app_home: Path
) -> None:
    press, type_ = studio.page.keyboard.press, studio.page.keyboard.insert_text

    def choose(name: str, node: str) -> None:
        """Goes from a row to a field of its settings, chooses a node there, and comes back."""
        press("e")
        expect(studio.page.locator(".st-key-cs-inspector :focus")).to_have_count(1)
        field = studio.page.get_by_role("combobox", name=name, exact=True)
        for _ in range(80):
            if field.evaluate("field => field === document.activeElement"):
                break
            press("Tab")
        expect(field).to_be_focused()
        type_(node)
        press("Enter")
        studio.settle()
        press("Escape")

    press("/")
    for search in ("input", "conv2d", "batch", "conv2d", "add"):
        type_(search)
        press("Enter")
    press("Escape")
    press("Escape")
    studio.inspected("add_1")
    press("ArrowUp")
    studio.inspected("conv2d_2")
    choose("reads", "input_1")
    press("End")
    studio.inspected("add_1")
    choose("one more", "batch_normalization_1")
    # A field tells the script, which tells the board: until then nothing is on its way here.
    edges = studio.page.locator(".canvas .wire")
    expect(edges).to_have_count(5)
    assert wiring(studio, app_home) == {
        "input_1": [],
        "conv2d_1": ["input_1"],
        "batch_normalization_1": ["conv2d_1"],
        "conv2d_2": ["input_1"],
        "add_1": ["conv2d_2", "batch_normalization_1"],
    }
    expect(studio.page.locator(".shortcut-head")).to_have_text("shortcut")

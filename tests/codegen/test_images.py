"""Pictures of diagrams, by Graphviz's program and without it."""

import io
import re
import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from builder.codegen.diagram import images
from builder.codegen.diagram.dot import to_dot
from builder.codegen.diagram.drawing.__main__ import draw
from builder.gallery import TEMPLATES
from builder.gallery.template import block, stack
from builder.network.edits import add
from builder.network.inference import infer
from builder.system.errors import BuilderError

NETWORK = TEMPLATES["small_residual"].architecture
DOT = to_dot(infer(NETWORK))
WITHOUT_GRAPHVIZ = "/no/such/folder"

pytestmark = pytest.mark.slow


@pytest.fixture(params=["program", "webassembly"])
def renderer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to draw; the second as on a machine without Graphviz."""
    if request.param == "webassembly":
        monkeypatch.setenv("PATH", WITHOUT_GRAPHVIZ)
    elif shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed here")
    return request.param


def size(svg: str) -> tuple[float, ...]:
    """Width and height in points."""
    return tuple(map(float, re.findall(r'(?:width|height)="([\d.]+)pt"', svg)))


def test_every_box_and_shape_is_in_the_svg(renderer: str) -> None:
    svg = draw(DOT, "svg").decode()
    assert svg.count('class="node"') == len(NETWORK.nodes) + 1
    texts = {text.replace("&#160;", "").strip() for text in re.findall(r">([^<>]+)</text>", svg)}
    assert {node.label for node in NETWORK} <= texts
    assert {"32×32×3", "16×16×32", "229,760 params"} <= texts
    assert "Liberation Sans,sans-serif" in svg


def test_a_png_is_white_sharp_and_has_text(renderer: str) -> None:
    svg = draw(DOT, "svg").decode()
    image = Image.open(io.BytesIO(draw(DOT, "png"))).convert("RGB")
    assert image.size == pytest.approx([edge * 96 / 72 * 2 for edge in size(svg)], abs=2)
    pixels = np.asarray(image).astype(int)
    assert (pixels[0] == 255).all(), "no box touches the border"
    dark = (pixels.max(axis=2) < 90).mean()
    assert dark > 0.02, "letters are dark, lines are colored"


def test_a_pdf_is_one_page_of_the_same_size_with_the_font_inside(renderer: str) -> None:
    svg, page = draw(DOT, "svg").decode(), draw(DOT, "pdf")
    assert page.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", page)
    assert box is not None
    assert [float(box[1]), float(box[2])] == pytest.approx(list(size(svg)), abs=1)
    assert re.search(rb"/BaseFont /\w+\+LiberationSans", page)
    assert draw(DOT, "pdf") == page, "no date is in it"


def test_a_broken_network_is_drawn_with_a_sign_that_the_font_has(renderer: str) -> None:
    broken = to_dot(infer(add(NETWORK, block("Conv2D", 8, 3))))
    assert "⚠" in draw(broken, "svg").decode()
    assert draw(broken, "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "title", ["--> <script>alert(1)</script>", '"]; a [image="/etc/passwd"]; "', "网络 ☃ &amp; \\"]
)
def test_no_name_becomes_more_than_text(renderer: str, title: str) -> None:
    dot = to_dot(infer(replace(NETWORK, name=title)))
    root = ElementTree.fromstring(draw(dot, "svg"))
    names = {element.tag.partition("}")[2] for element in root.iter()}
    assert names == {"svg", "g", "a", "title", "path", "polygon", "text"}
    assert draw(dot, "pdf").startswith(b"%PDF-")


def test_what_is_too_large_for_pixels_is_refused() -> None:
    long = stack("long", block("Input"), *(block("Conv2D", 8, 1) for _ in range(400)))
    dot = to_dot(infer(long))
    with pytest.raises(BuilderError, match="too many for a png; export to svg or pdf"):
        draw(dot, "png")


def test_drawing_is_done_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DOT text larger than a pipe's buffer, too."""
    monkeypatch.setenv("PATH", WITHOUT_GRAPHVIZ)
    large = DOT.replace("{", "{" + "\n// a comment" * 10_000, 1)
    assert images.draw(large, "svg").startswith(b"<?xml")


def test_a_drawing_that_takes_too_long_or_is_cancelled_ends_at_once() -> None:
    with pytest.raises(BuilderError, match="could not be drawn in 0 seconds; close blocks"):
        images.draw(DOT, "png", seconds=0)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(BuilderError, match="was cancelled"):
        images.draw(DOT, "png", cancel=cancel)


def test_what_graphviz_refuses_is_said(renderer: str) -> None:
    with pytest.raises(BuilderError, match=r"could not draw the diagram: .*(syntax error|parse)"):
        draw("digraph {", "svg")


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", WITHOUT_GRAPHVIZ)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.delitem(sys.modules, "builder.codegen.diagram.drawing.png", raising=False)
    with pytest.raises(BuilderError, match=r"resvg_py, which is not installed; run pip install"):
        draw(DOT, "png")


def test_the_font_comes_with_its_license() -> None:
    folder = Path(images.__file__).parent / "drawing" / "fonts"
    for font in folder.glob("*.ttf"):
        license = folder / f"{font.stem.removesuffix('-Regular')}-LICENSE.txt"
        assert "SIL OPEN FONT LICENSE" in license.read_text(encoding="utf-8")

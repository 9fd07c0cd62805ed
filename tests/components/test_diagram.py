"""The diagram of the Design page: what opens and closes it, and where there is no room."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest  # its name marks these tests as drawing pages

from builder.gallery import TEMPLATES
from components import state
from components.design import diagram
from tests.components.boards import board_of
from tests.components.driven import button, settled
from tests.components.test_design_page import open_page

ALL = ("residual_block_1", "residual_block_2", "residual_block_3")


@pytest.fixture
def document(home: Path) -> str:
    return state.workspace().create(TEMPLATES["small_residual"].architecture)


def open_diagram(document: str) -> AppTest:
    at = open_page(document)
    at.session_state["cs-views"] = ("Diagram",)
    return settled(at.run())


def drawn(at: AppTest) -> str:
    (chart,) = at.get("graphviz_chart")
    return chart.proto.spec


def test_all_blocks_are_opened_and_closed(document: str) -> None:
    at = open_diagram(document)
    assert button(at, "cs-close-all").disabled
    button(at, "cs-unfold-all").click().run()
    assert board_of(at, document).view.opened == ALL
    assert drawn(settled(at)).count("subgraph") == 3
    assert button(at, "cs-unfold-all").disabled
    button(at, "cs-close-all").click().run()
    assert "subgraph" not in drawn(settled(at))


def test_what_does_not_fit_is_drawn_closed_and_said(
    document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagram, "MAX_BOXES", 7 + 10)
    diagram._every_key.cache_clear()
    at = open_diagram(document)
    assert button(at, "cs-unfold-all").disabled
    board_of(at, document).unfold(ALL)
    settled(at.run())
    assert drawn(at).count("subgraph") == 2
    assert "1 open block drawn closed" in "".join(caption.value for caption in at.caption)
    diagram._every_key.cache_clear()


def test_a_network_of_layers_has_nothing_to_open(home: Path) -> None:
    at = open_diagram(state.workspace().create(TEMPLATES["lenet5"].architecture))
    assert not [b for b in at.button if b.key == "cs-unfold-all"]

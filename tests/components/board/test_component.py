"""The Python side of the board's component, and the colors of its style sheet."""

import pytest
from streamlit.testing.v1 import AppTest

from builder.codegen.diagram.colors import CATEGORIES, PRIMARY, SIGNALS
from components.scripts import FRONTEND


def page() -> None:
    """A page of the app with a board."""
    import streamlit as st

    from components import state
    from components.board.component import draw_board, read_views

    document = st.session_state.setdefault("document", state.new_document())
    board = state.board(document)
    draw_board(board, board.version(), key="board", height=400, views=("Code",))
    st.session_state["views"] = read_views("board")


@pytest.mark.parametrize(
    ("told", "views"),
    [
        ({"main": "Code", "beside": "Stack"}, ("Code", "Stack")),
        ({"main": "Code", "beside": ""}, ("Code",)),
        ({"main": 7}, ()),
        ("Code", ()),
    ],
)
def test_the_page_is_told_which_views_are_shown(told: object, views: tuple[str, ...]) -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    assert app.session_state["views"] == ()
    app.session_state["board"] = {"views": told}
    app.run()
    assert app.session_state["views"] == views
    assert not app.exception


def test_the_colors_without_the_app_are_those_of_the_app() -> None:
    sheet = (FRONTEND / "src/board/tokens.css").read_text(encoding="utf-8")
    light, dark = sheet.lower().split('.board[data-theme="dark"]')
    for name, color in CATEGORIES.items():
        assert f"var(--cs-{name}, {color.light.lower()})" in light
        assert f"var(--cs-{name}, {color.dark.lower()})" in dark
    for name in ("error", "warning"):
        assert f"var(--cs-{name}-ink, {SIGNALS[name].light_ink.lower()})" in light
        assert f"var(--cs-{name}-ink, {SIGNALS[name].dark.lower()})" in dark
    assert f"var(--cs-primary, {PRIMARY['light'].lower()})" in light
    assert f"var(--cs-primary, {PRIMARY['dark'].lower()})" in dark

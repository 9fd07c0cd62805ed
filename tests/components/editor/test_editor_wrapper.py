"""The Python side: one run answers the person; its style sheet knows the colors of the app."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from builder.codegen.diagram.colors import CATEGORIES, PRIMARY, SIGNALS
from components.scripts import FRONTEND


def page() -> None:
    """Apply, then draw, as a page of the app does."""
    import streamlit as st

    from components.board import Ledger
    from components.editor import editor, read_log

    ledger = st.session_state.setdefault("ledger", Ledger())
    done: list[str] = st.session_state.setdefault("done", [])
    before = read_log("editor")
    ledger.apply(before, "d", lambda operation: done.append(operation.op))
    data = {"document": "d", "palette": [], "nodes": [], "selection": None}
    after = editor({**data, **ledger.answer("d")}, key="editor", height=400)
    st.session_state["same"] = before == after
    st.session_state["log"] = after


def sent(app: AppTest, *ops: dict[str, Any]) -> dict[str, Any]:
    ledger = app.session_state["ledger"].id
    return {"log": {"client": "abcdefgh", "document": "d", "ledger": ledger, "ops": list(ops)}}


def test_the_log_can_be_read_before_the_editor_is_drawn() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    assert app.session_state["log"] is None
    app.session_state["editor"] = sent(app, {"n": 1, "op": "undo"}, {"n": 2, "op": "redo"})
    app.run()
    assert app.session_state["done"] == ["undo", "redo"]
    assert app.session_state["same"]
    app.run()
    assert app.session_state["done"] == ["undo", "redo"]
    assert not app.exception


@pytest.mark.parametrize("garbage", [7, [], {"log": 7}, {"log": {"ops": []}}, {"gol": None}])
def test_garbage_is_no_log(garbage: object, caplog: pytest.LogCaptureFixture) -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    app.session_state["editor"] = garbage
    app.run()
    assert not app.exception
    assert app.session_state["log"] is None
    assert app.session_state["done"] == []


def test_the_colors_without_the_app_are_those_of_the_app() -> None:
    base = (FRONTEND / "src/board/stack/base.css").read_text(encoding="utf-8")
    light, dark = base.lower().split('.editor[data-theme="dark"]')
    for name, color in CATEGORIES.items():
        assert f"var(--cs-{name}, {color.light.lower()})" in light
        assert f"var(--cs-{name}, {color.dark.lower()})" in dark
    for name in ("error", "warning"):
        assert f"var(--cs-{name}-ink, {SIGNALS[name].light_ink.lower()})" in light
        assert f"var(--cs-{name}-ink, {SIGNALS[name].dark.lower()})" in dark
    assert f"var(--cs-primary, {PRIMARY['light'].lower()})" in light
    assert f"var(--cs-primary, {PRIMARY['dark'].lower()})" in dark

"""A late request with the old address does not lead a page back to what it has just left."""

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from components import navigation

pytestmark = pytest.mark.page


def page() -> None:
    """Shows what is asked for, with a button for each move."""
    import streamlit as st

    from components import navigation

    st.button("To b", on_click=lambda: navigation.go(doc="b"))
    st.button("To c", on_click=lambda: navigation.go(doc="c"))
    st.button("To none", on_click=lambda: navigation.go(doc=None))
    navigation.arrive(st.session_state.get("page", "Design"))
    st.text(f"asked {navigation.asked('doc')}, address {st.query_params.get('doc')}")


@pytest.fixture
def app() -> AppTest:
    at = AppTest.from_function(page)
    at.query_params["doc"] = "a"
    return at.run()


def shown(app: AppTest) -> str:
    return str(app.text[0].value)


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def late(app: AppTest, document: str | None) -> None:
    """A request of a browser whose address is still this one."""
    app.query_params.clear()
    if document:
        app.query_params["doc"] = document
    app.run()


def test_a_late_request_does_not_lead_back(app: AppTest) -> None:
    press(app, "To b")
    assert shown(app) == "asked b, address b"
    for _ in range(3):
        late(app, "a")
        assert shown(app) == "asked b, address b"


def test_nor_to_any_of_those_left_in_a_row(app: AppTest) -> None:
    press(app, "To b")
    press(app, "To c")
    for old in ("a", "b", "a"):
        late(app, old)
        assert shown(app) == "asked c, address c"


def test_a_parameter_taken_away_stays_away(app: AppTest) -> None:
    press(app, "To none")
    late(app, "a")
    assert shown(app) == "asked None, address None"


def test_what_was_left_may_be_gone_to_again(app: AppTest) -> None:
    press(app, "To b")
    app.query_params["doc"] = "b"
    next(button for button in app.button if button.label == "To c").click().run()
    late(app, "b")
    assert shown(app) == "asked c, address c"
    press(app, "To b")
    late(app, "b")
    assert shown(app) == "asked b, address b"
    late(app, "c")
    assert shown(app) == "asked b, address b"


def test_another_address_is_taken_at_its_word(app: AppTest) -> None:
    press(app, "To b")
    late(app, "d")
    assert shown(app) == "asked d, address d"


def test_going_back_on_purpose_goes_back_and_stays(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(app, "To b")
    with monkeypatch.context() as patch:
        patch.setattr(navigation, "_is_walked", lambda: True)
        late(app, "a")
        assert shown(app) == "asked a, address a"
    late(app, "a")
    assert shown(app) == "asked a, address a"


def test_streamlit_still_says_when_a_person_goes_back() -> None:
    assert "is_history_navigation" in ScriptRunContext.__annotations__


def test_after_some_time_an_old_address_counts(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(app, "To b")
    monkeypatch.setattr(navigation, "_LATE_SECONDS", -1.0)
    late(app, "a")
    assert shown(app) == "asked a, address a"


def test_another_page_forgets_what_was_left(app: AppTest) -> None:
    press(app, "To b")
    app.session_state["page"] = "Runs"
    late(app, "b")
    app.session_state["page"] = "Design"
    late(app, "a")
    assert shown(app) == "asked a, address a"

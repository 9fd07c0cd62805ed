"""What a widget shows after the state was set by something else does not come back.

A browser sends the values of all its widgets with each event, those of widgets that the server has
replaced a moment ago as well. Here that event is replayed.
"""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.page

FIELDS: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "choice": ({"enum": ["same", "valid"]}, "same", "valid"),
    "optional choice": ({"anyOf": [{"enum": ["relu"]}, {"type": "null"}]}, "relu", None),
    "flag": ({"type": "boolean"}, False, True),
    "integer": ({"type": "integer"}, 3, 5),
    "number": ({"type": "number"}, 0.5, 0.25),
    "text": ({"type": "string"}, "conv", "stem"),
    "list": ({"type": "array", "items": {"type": "number"}}, [1.0, 2.0], [3.0]),
}
"""Of each kind of field its schema, a value, and the one that an action sets."""


def form(schema: dict[str, object], before: object, after: object) -> None:
    """A field, an action that sets its state, and one that takes it away for a while."""
    import streamlit as st

    from components import forms

    state = st.session_state
    state.setdefault("value", before)
    st.button("Set", on_click=lambda: state.update(value=after))
    if not st.toggle("Away"):
        forms.field(
            "value",
            schema,
            state.value,
            key="field",
            on_change=lambda new: state.update(value=new),
        )


def choosing(before: str, after: str) -> None:
    """The same for a choice between things with titles."""
    import streamlit as st

    from components.train.choice import choice

    state = st.session_state
    state.setdefault("value", before)
    st.button("Set", on_click=lambda: state.update(value=after))
    if not st.toggle("Away"):
        choice(
            "data",
            {before: "flowers", after: "flowers"},
            state.value,
            "About it",
            key="field",
            on_change=lambda new: state.update(value=new),
        )


def cases() -> dict[str, AppTest]:
    made = {
        name: AppTest.from_function(
            form, kwargs={"schema": schema, "before": before, "after": after}, default_timeout=60
        )
        for name, (schema, before, after) in FIELDS.items()
    }
    titled = {"before": "a", "after": "b"}
    return made | {"titles": AppTest.from_function(choosing, kwargs=titled, default_timeout=60)}


def replay(at: AppTest, *stale: Any) -> AppTest:
    """An event whose browser still has widgets that are gone."""
    states: Any = at._tree.get_widget_states()
    known = {widget.id for widget in states.widgets}
    sent = [widget for widget in stale if widget.id not in known]
    assert sent, "the widget is still the same"
    states.widgets.extend(sent)
    return at._run(states)


def widgets(at: AppTest) -> list[Any]:
    """What the browser has of the field."""
    states: Any = at._tree.get_widget_states()
    return [widget for widget in states.widgets if "field" in widget.id]


@pytest.mark.parametrize("name", [*FIELDS, "titles"])
def test_a_state_set_by_an_action_is_not_taken_back_by_the_widget_of_before(name: str) -> None:
    at = cases()[name].run()
    before, shown = at.session_state.value, widgets(at)
    assert shown
    at.button[0].click().run()
    after = at.session_state.value
    assert after != before
    for _ in range(3):
        replay(at, *shown)
        assert not at.exception
        assert at.session_state.value == after


@pytest.mark.parametrize("name", [*FIELDS, "titles"])
def test_nor_by_that_of_a_field_that_was_away_in_the_meantime(name: str) -> None:
    at = cases()[name].run()
    shown = widgets(at)
    at.toggle[0].set_value(True).run()
    at.button[0].click().run()
    after = at.session_state.value
    at.toggle[0].set_value(False).run()
    replay(at, *shown)
    assert not at.exception
    assert at.session_state.value == after


def test_a_choice_of_a_person_still_counts_after_that() -> None:
    at = cases()["titles"].run()
    shown = widgets(at)
    at.button[0].click().run()
    replay(at, *shown)
    assert at.selectbox[0].options == ["flowers (1)", "flowers (2)"]
    at.selectbox[0].select_index(0).run()
    assert at.session_state.value == "a"
    at.selectbox[0].select_index(1).run()
    assert at.session_state.value == "b"


def renamed() -> None:
    """Two things that exchange their titles."""
    import streamlit as st

    from components.train.choice import choice

    state = st.session_state
    state.setdefault("value", "a")
    state.setdefault("titles", {"a": "train", "b": "test"})
    st.button("Exchange", on_click=lambda: state.update(titles={"a": "test", "b": "train"}))
    choice(
        "data",
        state.titles,
        state.value,
        "About it",
        key="field",
        on_change=lambda new: state.update(value=new),
    )


def test_a_title_that_comes_to_mean_something_else_chooses_nothing() -> None:
    at = AppTest.from_function(renamed, default_timeout=60).run()
    shown = widgets(at)
    at.button[0].click().run()
    assert at.session_state.value == "a"
    replay(at, *shown)
    assert at.session_state.value == "a"
    assert at.selectbox[0].value == "a"

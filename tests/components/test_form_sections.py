"""Sections of forms: what is folded away is not drawn, and comes when it is unfolded."""

from streamlit.testing.v1 import AppTest

from tests.components.driven import fold, settled, unfold
from tests.components.test_design_page import document, field, open_page, texts, workspace

assert document, workspace  # fixtures

DENSE = "dense_1"


def drawn(at: AppTest) -> set[str]:
    """The parameters whose fields are on the page."""
    keys = [str(box.key) for box in (*at.selectbox, *at.toggle, *at.text_input)]
    return {key.rpartition(":p:")[2] for key in keys if ":p:" in key}


def test_what_is_folded_is_not_drawn_until_it_is_unfolded(document: str) -> None:
    at = open_page(document, DENSE)
    assert "activation" in drawn(at)
    assert "bias_initializer" not in drawn(at)
    unfold(at, "More")
    assert {"activation", "bias_initializer"} <= drawn(at)


def test_beside_its_title_stands_how_many_are_changed(document: str) -> None:
    at = unfold(open_page(document, DENSE), "More")
    for chosen, told in (("ones", True), ("zeros", False)):
        settled(field(at.selectbox, "bias_initializer").select(chosen).run())
        assert ("1 changed" in texts(at)) is told
        assert "bias_initializer" in drawn(at)
    fold(at, "More")
    assert "bias_initializer" not in drawn(at)


def test_a_refused_value_stays_when_its_section_is_folded(document: str) -> None:
    at = unfold(open_page(document, DENSE), "More")
    settled(field(at.selectbox, "kernel_regularizer:kind").select("L2").run())
    settled(field(at.text_input, "l2").set_value("-1").run())
    reason = 'role="alert"'
    assert reason in texts(at)
    fold(at, "More")
    assert field(at.text_input, "l2").value == "-1"
    assert reason in texts(at)
    settled(field(at.text_input, "l2").set_value("0.5").run())
    settled(at.run())
    assert "bias_initializer" not in drawn(at)

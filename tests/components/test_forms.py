"""Fields from schemas: which widgets they are, what they hand over, and how they refuse."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from streamlit.testing.v1 import AppTest

from builder.blocks.catalogue import catalogue
from builder.studies.strategies import Tpe
from builder.system.errors import ParameterError
from builder.training.settings import Adam, TrainingSettings
from components.forms import describe
from components.forms.schema import properties, range_text
from components.forms.text import (
    format_number,
    format_whole,
    gather,
    parse_list,
    parse_number,
    parse_whole,
    spread,
)

PARAMETERS = [(name, p) for name, block in catalogue().items() for p in block.parameters()]


def schema(block: str, parameter: str) -> Any:
    return next(p.schema for p in catalogue()[block].parameters() if p.name == parameter)


@pytest.mark.parametrize(
    ("block", "parameter", "kind", "optional"),
    [
        ("Conv2D", "filters", "integer", False),
        ("Conv2D", "kernel_size", "sizes", False),
        ("Conv2D", "padding", "choice", False),
        ("Conv2D", "activation", "choice", True),
        ("Conv2D", "use_bias", "flag", False),
        ("Conv2D", "kernel_regularizer", "tagged", True),
        ("Conv2D", "kernel_initializer", "tagged", False),
        ("MaxPooling2D", "strides", "list", True),
        ("Input", "shape", "sizes", False),
        ("ZeroPadding2D", "padding", "sizes", False),
        ("Reshape", "target_shape", "list", False),
        ("Normalization", "mean", "list", True),
        ("RandomContrast", "value_range", "list", False),
        ("RandomContrast", "factor", "list", False),
        ("Rescaling", "scale", "list", False),
        ("Rescaling", "offset", "list", False),
        ("Dropout", "rate", "number", False),
    ],
)
def test_a_parameter_is_read_as_the_field_that_suits_it(
    block: str, parameter: str, kind: str, optional: bool
) -> None:
    spec = describe(schema(block, parameter))
    assert (spec.kind, spec.optional) == (kind, optional)


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_no_parameter_of_the_catalogue_is_left_to_json(name: str, parameter: Any) -> None:
    assert describe(parameter.schema).kind != "json", f"{name}.{parameter.name}"


def test_sizes_know_every_way_to_write_them() -> None:
    assert describe(schema("ZeroPadding2D", "padding")).variants == (0, (0, 0), ((0, 0), (0, 0)))
    assert describe(schema("Input", "shape")).variants == ((0, 0, 0),)


def test_training_settings_make_fields_too() -> None:
    found = {
        p.name: describe(p.schema) for p in properties(TypeAdapter(TrainingSettings).json_schema())
    }
    assert found["optimizer"].kind == "tagged"
    assert "AdamW" in found["optimizer"].choices
    assert found["epochs"].kind == "integer"
    assert found["learning_rate"].kind == "number"
    assert range_text(found["learning_rate"]) == "above 0, at most 100"
    inner = [p.name for p in properties(TypeAdapter(Adam).json_schema())]
    assert inner == ["beta_1", "beta_2", "epsilon", "amsgrad", "weight_decay", "clipnorm"]


def test_a_declared_title_stands_beside_an_inner_field_else_its_name() -> None:
    labels = {p.name: p.label for p in properties(TypeAdapter(Tpe).json_schema())}
    assert labels["random_beside"] == "random search beside"
    inner = properties(TypeAdapter(Adam).json_schema())
    assert all(one.label == one.name for one in inner)


@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), ("1e-3", 0.001), ("1/255", 1 / 255), (" -2 / 4 ", -0.5)]
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "abc", "1/0", "0,5", "1e", "nan", "inf", "__import__('os')"])
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ParameterError, match="expected a number"):
        parse_number(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_number_reads_back_exactly(value: float) -> None:
    assert parse_number(format_number(value)) == value


def test_a_fraction_is_written_as_one() -> None:
    assert format_number(1 / 255) == "1/255"
    assert format_number(0.125) == "0.125"


def test_whole_numbers_may_be_set_apart_by_anything_usual() -> None:
    assert parse_list("4, 4×64", whole=True) == [4, 4, 64]
    assert parse_list("0.5", whole=False, alone=True) == 0.5
    assert parse_list(" 1 / 255 ", whole=False, alone=True) == 1 / 255
    assert parse_list("1/4, 1 / 2; 3", whole=False, alone=True) == [0.25, 0.5, 3.0]
    assert parse_list("none 1 1", whole=True, holes=True) == [None, 1, 1]
    with pytest.raises(ParameterError, match="whole numbers"):
        parse_list("4, x", whole=True)


def test_a_whole_number_is_one_only() -> None:
    assert parse_whole(" 12 ") == 12
    for typed in ("4, 5", "2.5", "1.5e0", "1,00", "many", "9" * 19, "1e18", "1e999", ""):
        with pytest.raises(ParameterError, match="expected a whole number such as 4"):
            parse_whole(typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1e6", 1_000_000),
        ("1.5e6", 1_500_000),
        ("1_000_000", 1_000_000),
        ("1,000,000", 1_000_000),
        ("1 000 000", 1_000_000),
        ("12E+3", 12_000),
        ("123456789012345678", 123_456_789_012_345_678),
    ],
)
def test_a_whole_number_is_written_in_many_ways(typed: str, value: int) -> None:
    assert parse_whole(typed) == value
    assert parse_whole(format_whole(value)) == value


def test_a_whole_number_that_may_be_missing_is_no_list() -> None:
    spec = describe({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]})
    assert (spec.kind, spec.optional, spec.low) == ("whole", True, 1)


@pytest.mark.parametrize("template", [0, (0, 0), ((0, 0), (0, 0))])
def test_one_number_spreads_over_every_template_and_back(template: Any) -> None:
    leaves = spread(3, template)
    assert leaves is not None
    assert spread(gather(leaves, template), template) == leaves


def test_what_does_not_fit_a_template_is_not_spread() -> None:
    assert spread([1, 2], 0) is None
    assert spread([1, 2, 3], (0, 0)) is None


def one_field(schema: Any, value: Any, name: str = "size") -> AppTest:
    """An app with one field; what it hands over becomes the value, unless it says 13."""

    def app(schema, start, name):  # its text runs on its own, without this file's imports
        import streamlit as st

        from builder.system.errors import ParameterError
        from components import forms

        def change(new):
            if new == 13:
                raise ParameterError(f"Test: {name}: received 13, expected luck")
            st.session_state.value = new

        st.session_state.setdefault("value", start)
        forms.field(name, schema, st.session_state.value, "Help.", key="f", on_change=change)

    return AppTest.from_function(app, args=(schema, value, name), default_timeout=30).run()


def shown_errors(at: AppTest) -> list[str]:
    elements: Any = at.get("html")
    return [html.body for html in elements if "cs-field-error" in html.body]


def test_a_number_is_handed_over() -> None:
    at = one_field(schema("Conv2D", "filters"), 32)
    at.number_input[0].set_value(64).run()
    assert at.session_state.value == 64
    assert shown_errors(at) == []


def test_a_refused_value_stays_in_its_field_with_the_reason() -> None:
    at = one_field(schema("Conv2D", "filters"), 32)
    at.number_input[0].set_value(13).run()
    assert at.session_state.value == 32
    assert at.number_input[0].value == 13
    assert "received 13, expected luck" in shown_errors(at)[0]
    at.run()
    assert at.number_input[0].value == 13, "another redrawing loses nothing"
    at.number_input[0].set_value(14).run()
    assert shown_errors(at) == []
    assert at.session_state.value == 14


@pytest.mark.parametrize("typed", [1.5, -0.5, 1e300])
def test_a_number_that_is_not_whole_is_refused_where_one_is_asked_for(typed: float) -> None:
    at = one_field(schema("Conv2D", "filters"), 32)
    at.number_input[0].set_value(typed).run()
    assert f"received {typed}, expected a whole number" in shown_errors(at)[0]
    assert at.session_state.value == 32
    at.number_input[0].set_value(2.0).run()
    assert at.session_state.value == 2
    assert isinstance(at.session_state.value, int), "a file holds 2, not 2.0"
    assert shown_errors(at) == []


def test_one_fraction_among_several_numbers_is_refused() -> None:
    at = one_field(schema("Conv2D", "kernel_size"), [3, 5])
    at.number_input[1].set_value(2.5).run()
    assert "received 2.5, expected a whole number" in shown_errors(at)[0]
    assert at.session_state.value == [3, 5]


def test_a_refusal_is_over_when_the_value_changes_elsewhere() -> None:
    at = one_field(schema("Conv2D", "filters"), 32)
    at.number_input[0].set_value(13).run()
    at.session_state.value = 48
    at.run()
    assert at.number_input[0].value == 48
    assert shown_errors(at) == []


def test_a_pair_is_one_number_until_it_is_split() -> None:
    at = one_field(schema("Conv2D", "kernel_size"), 3)
    assert [box.value for box in at.number_input] == [3]
    at.button[0].click().run()
    assert [box.value for box in at.number_input] == [3, 3]
    at.number_input[1].set_value(5).run()
    assert at.session_state.value == [3, 5]
    at.button[0].click().run()
    assert at.session_state.value == 3
    assert len(at.number_input) == 1


def test_a_value_that_changes_elsewhere_gets_a_widget_of_its_own() -> None:
    """What is written into a widget's state may never reach the browser; a default does."""
    at = one_field(schema("Conv2D", "padding"), "valid")
    first = at.selectbox[0].key
    at.session_state.value = "same"
    at.run()
    second = at.selectbox[0].key
    assert second != first
    assert at.selectbox[0].proto.default == 1
    at.selectbox[0].select("valid").run()
    assert at.selectbox[0].key == second, "a change in the widget itself keeps it"
    assert at.session_state.value == "valid"


def test_none_is_a_choice_where_the_field_is_optional() -> None:
    at = one_field(schema("Conv2D", "activation"), None)
    assert at.selectbox[0].value == "none"
    at.selectbox[0].select("relu").run()
    assert at.session_state.value == "relu"
    at.selectbox[0].select("none").run()
    assert at.session_state.value is None


def test_an_optional_size_can_be_cleared() -> None:
    at = one_field(schema("MaxPooling2D", "strides"), 2)
    at.text_input[0].set_value("").run()
    assert at.session_state.value is None
    at.text_input[0].set_value("2, 3").run()
    assert at.session_state.value == [2, 3]
    at.text_input[0].set_value("3").run()
    assert at.session_state.value == 3


def test_a_tag_brings_its_own_fields() -> None:
    at = one_field(schema("Conv2D", "kernel_regularizer"), None)
    at.selectbox[0].select("L1L2").run()
    assert at.session_state.value == {"kind": "L1L2"}
    at.text_input(key="f:l2").set_value("1e-4").run()
    assert at.session_state.value == {"kind": "L1L2", "l2": 0.0001}
    at.text_input(key="f:l1").set_value("many").run()
    assert "expected a number" in shown_errors(at)[0]
    assert at.text_input(key="f:l1").value == "many"
    assert at.session_state.value == {"kind": "L1L2", "l2": 0.0001}


def test_a_name_or_a_kind_with_settings_can_be_chosen() -> None:
    start = {"kind": "VarianceScaling", "scale": 2.0, "mode": "fan_out"}
    at = one_field(schema("Conv2D", "kernel_initializer"), start)
    assert at.selectbox[0].value == "VarianceScaling"
    assert at.text_input(key="f:scale").value == "2"
    assert at.selectbox(key="f:mode").value == "fan_out"
    at.selectbox(key="f:mode").select("fan_in").run()
    assert at.session_state.value == {**start, "mode": "fan_in"}
    at.selectbox[0].select("he_normal").run()
    assert at.session_state.value == "he_normal"
    assert len(at.text_input) == 0
    at.selectbox[0].select("Constant").run()
    assert at.session_state.value == {"kind": "Constant"}


def test_a_number_keeps_the_way_it_was_typed() -> None:
    at = one_field(schema("BatchNormalization", "epsilon"), 0.001)
    assert at.text_input[0].value == "0.001"
    at.text_input[0].set_value("1e-3").run()
    at.run()
    assert at.text_input[0].value == "1e-3"


def test_a_flag_and_a_list_are_handed_over() -> None:
    at = one_field(schema("Conv2D", "use_bias"), True)
    at.toggle[0].set_value(False).run()
    assert at.session_state.value is False
    at = one_field(schema("Reshape", "target_shape"), [-1])
    at.text_input[0].set_value("4 4 64").run()
    assert at.session_state.value == [4, 4, 64]

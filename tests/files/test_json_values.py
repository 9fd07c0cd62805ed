"""The text of files: what is written in lines is the same JSON."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builder.files.json_values import in_lines

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN, st.integers(0, 5))
def test_values_written_in_lines_are_read_the_same(value: Any, levels: int) -> None:
    assert json.loads(in_lines(value, levels)) == value


def test_a_list_of_objects_has_a_line_for_each() -> None:
    value = {
        "name": "é",
        "size": [3, 3],
        "nodes": [{"id": "a", "inputs": []}, {"id": "b"}],
        "no": {},
    }
    assert in_lines(value, 2).splitlines() == [
        "{",
        ' "name": "é",',
        ' "size": [3, 3],',
        ' "nodes": [',
        '  {"id": "a", "inputs": []},',
        '  {"id": "b"}',
        " ],",
        ' "no": {}',
        "}",
    ]

"""Levels as a person writes them."""

import re

import pytest

from builder.studies.ranges import Range, read_levels
from builder.system.errors import EditError, ParameterError


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("16,32,64", (16, 32, 64)),
        (" 0.1, 0.2 ", (0.1, 0.2)),
        ("relu,gelu,none", ("relu", "gelu", None)),
        ("true,false", (True, False)),
        ("7", (7,)),
        ("1e-3", (0.001,)),
        ("16; 32; 64", (16, 32, 64)),
        ("[16, 32]", (16, 32)),
        ("0.1\t-2 1e-3\n", (0.1, -2, 0.001)),
        ("16, 32, 16", (16, 32)),
        ("1, true, 1.0", (1, True, 1.0)),
        ("16-64", ("16-64",)),
        ("3x3, 5x5", ("3x3", "5x5")),
    ],
)
def test_lists(text: str, levels: tuple[object, ...]) -> None:
    found = read_levels(text)
    assert found == levels
    assert isinstance(found, tuple)
    assert [type(level) for level in found] == [type(level) for level in levels]


def test_a_thousand_may_be_written_as_a_power_of_ten() -> None:
    assert repr(read_levels("1e3, 2.5e1")) == "(1000, 25.0)"


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("1..5", (1, 2, 3, 4, 5)),
        ("-1..1", (-1, 0, 1)),
        ("0..0.5:6", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)),
        ("log:1e-4..1e-2:3", (0.0001, 0.001, 0.01)),
        ("log:1e-4..1e-2", (0.0001, 0.000316228, 0.001, 0.00316228, 0.01)),
        ("8..64:3", (8, 36, 64)),
        ("1..3:9", (1, 2, 3)),  # whole numbers, each once
        ("0.5..1", (0.5, 0.625, 0.75, 0.875, 1.0)),
        ("1e-4..1e-2 log:3", (0.0001, 0.001, 0.01)),
        ("1e-4..1e-2:3 log", (0.0001, 0.001, 0.01)),
        ("1..1e3:3", (1, 500, 1000)),
        ("log:8..128", (8, 16, 32, 64, 128)),
    ],
)
def test_ranges(text: str, grid: tuple[float, ...]) -> None:
    levels = read_levels(text)
    assert isinstance(levels, Range)
    assert levels.grid() == grid
    assert [type(level) for level in levels.grid()] == [type(level) for level in grid]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "received the levels '', expected a list such as"),
        (",", "expected a list such as"),
        ("5..1", "expected the smaller number first"),
        ("1..1", "expected the smaller number first"),
        ("log:0..1", "expected numbers above 0"),
        ("log:-1..1", "expected numbers above 0"),
        ("1..100000", "received 100,000 whole numbers, expected at most 1,000"),
        ("1..1e9", "such as 1..1e9:5"),
        ("1..x", "or a range such as"),
        ("1..9:3 log:4", "or a range such as"),
    ],
)
def test_what_is_no_level(text: str, words: str) -> None:
    with pytest.raises(EditError, match=re.escape(words)):
        read_levels(text)


@pytest.mark.parametrize("text", ["1..5:1", "1..5:5000"])
def test_so_many_levels_are_no_grid(text: str) -> None:
    with pytest.raises(
        ParameterError, match=r"range: steps: received \d+, expected a whole number"
    ):
        read_levels(text)


def test_the_ends_of_a_range_are_exact() -> None:
    levels = read_levels("log:0.0003..0.07:4")
    assert isinstance(levels, Range)
    assert (levels.at(0), levels.at(1)) == (0.0003, 0.07)
    assert levels.at(0.5) == pytest.approx((0.0003 * 0.07) ** 0.5, rel=1e-5)

"""Levels as a person writes them."""

import pytest

from builder.studies.ranges import Range, read_levels
from builder.system.errors import EditError


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("16,32,64", (16, 32, 64)),
        (" 0.1, 0.2 ", (0.1, 0.2)),
        ("relu,gelu,none", ("relu", "gelu", None)),
        ("true,false", (True, False)),
        ("7", (7,)),
        ("1e-3", (0.001,)),
    ],
)
def test_lists(text: str, levels: tuple[object, ...]) -> None:
    assert read_levels(text) == levels


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
    ],
)
def test_ranges(text: str, grid: tuple[float, ...]) -> None:
    levels = read_levels(text)
    assert isinstance(levels, Range)
    assert levels.grid() == grid
    assert [type(level) for level in levels.grid()] == [type(level) for level in grid]


@pytest.mark.parametrize("text", ["", ",", "5..1", "1..1", "log:0..1", "log:-1..1"])
def test_what_is_no_level(text: str) -> None:
    with pytest.raises(EditError):
        read_levels(text)


def test_the_ends_of_a_range_are_exact() -> None:
    levels = read_levels("log:0.0003..0.07:4")
    assert isinstance(levels, Range)
    assert (levels.at(0), levels.at(1)) == (0.0003, 0.07)
    assert levels.at(0.5) == pytest.approx((0.0003 * 0.07) ** 0.5, rel=1e-5)

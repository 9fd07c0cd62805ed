"""What several blocks have in common."""

import pytest

from builder.blocks.shared import Shared, shared_parameters
from builder.gallery.template import block


def found(*blocks) -> dict[str, Shared]:
    return {shared.parameter.name: shared for shared in shared_parameters(blocks)}


def test_equal_blocks_share_everything_and_values_tell_what_differs() -> None:
    shared = found(block("Conv2D", 8), block("Conv2D", 16))
    assert list(shared) == [parameter.name for parameter in block("Conv2D").parameters()]
    assert shared["filters"].values == (8, 16)
    assert shared["filters"].mixed
    assert not shared["padding"].mixed


def test_other_blocks_share_what_has_the_same_name_and_type() -> None:
    shared = found(block("Dense", 4), block("Conv2D", 8), block("Conv2D", 16))
    assert next(iter(shared)) == "activation", "what all have comes first"
    assert shared["activation"].holders == (0, 1, 2)
    assert shared["filters"].holders == (1, 2)
    assert "units" not in shared, "one block alone shares nothing"


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [("Conv2D", "ZeroPadding2D", "padding"), ("Conv2D", "GroupNormalization", "groups")],
)
def test_one_name_for_two_things_is_not_shared(one: str, other: str, name: str) -> None:
    assert name not in found(block(one), block(other))


def test_if_some_must_not_leave_it_empty_none_may() -> None:
    for pair in (("Conv2D", "Activation"), ("Activation", "Conv2D")):
        (shared,) = found(*map(block, pair)).values()
        assert "anyOf" not in shared.parameter.schema


def test_help_texts_and_defaults_may_differ() -> None:
    assert found(block("Conv2D"), block("residual_block"))["filters"].holders == (0, 1)


def test_one_name_may_stand_there_twice() -> None:
    pairs = [block(name) for name in ("Conv2D", "Conv2D", "ZeroPadding2D", "ZeroPadding2D")]
    holders = [
        each.holders for each in shared_parameters(pairs) if each.parameter.name == "padding"
    ]
    assert holders == [(0, 1), (2, 3)]

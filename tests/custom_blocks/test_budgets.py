"""However own blocks are nested, a file asks for little work: it opens, or is refused soon.

Each of these took from half a minute to hours. The bound in seconds is generous.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from builder.files.architecture_file import from_json
from builder.network.hierarchy import inside
from builder.network.inference import infer
from builder.network.layer_paths import layer_paths
from builder.network.wiring_issues import MAX_REMARKS
from builder.system.errors import FormatError
from tests.custom_blocks import heavy

Result = TypeVar("Result")

SECONDS = 8.0
"""Of the processor's time."""


@pytest.mark.slow
def test_values_that_are_handed_down_to_too_many_blocks_are_refused() -> None:
    with pytest.raises(FormatError, match=r"u\d+: b\d_\d: p\d+ is handed down to more blocks"):
        bounded(lambda: from_json(heavy.handed_down(uses=1_000)))


def test_defaults_are_checked_once() -> None:
    text = heavy.handed_down(uses=0)
    assert len(bounded(lambda: from_json(text)).nodes) == 1


def test_nodes_inside_that_nothing_reads_are_not_made() -> None:
    known = bounded(lambda: infer(from_json(heavy.idle(inside=1_000, uses=1_000))))
    assert known.num_layers == 2, "the Input, and the last one"
    per_node = [len(node.issues) for node in known.nodes.values()]
    assert max(per_node) <= MAX_REMARKS + 2, "of many remarks only the number is told"
    assert "so are 996 more blocks inside" in "".join(map(str, known.nodes["u0"].issues))


def test_a_large_block_that_is_used_often() -> None:
    known = bounded(lambda: infer(from_json(heavy.wide(inside=1_500, uses=1_500))))
    assert known.ok


@pytest.mark.slow
def test_a_block_of_many_inputs() -> None:
    known = bounded(lambda: infer(from_json(heavy.many_inputs(adds=60, uses=20))))
    assert "expected fewer blocks inside of blocks, or fewer inputs" in "".join(
        map(str, known.issues)
    )


def test_repetitions_of_repetitions() -> None:
    known = bounded(lambda: infer(from_json(heavy.repeated(levels=8))))
    assert "expected at most 10,000 layers, received more" in "".join(map(str, known.issues))


@pytest.mark.slow
def test_looking_into_a_block_of_many_blocks() -> None:
    known = infer(from_json(heavy.single_layers(inside=1_900)))
    parts = bounded(lambda: inside(known.nodes["u"]))
    assert len(parts) == 5 * 1_900
    assert {len(part.parts) for part in parts} == {1}
    assert len(bounded(lambda: layer_paths(known))) == 1 + 5 * 1_900


def bounded(work: Callable[[], Result]) -> Result:
    start = time.process_time()
    try:
        return work()
    finally:
        assert time.process_time() - start < SECONDS

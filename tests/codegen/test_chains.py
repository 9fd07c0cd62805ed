"""Chains of two-input blocks in the exported script: what is written, and that it means the same.

The script is executed with functions that only write down what they were called with.
"""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.blocks.module import registered_modules
from builder.codegen.keras.model_source import model_source
from builder.gallery import TEMPLATES
from builder.gallery.template import Drawing, block
from builder.network.architecture import Architecture
from builder.network.inference import infer

CELL = "nasnet_normal_cell"


class Recorded:
    """Stands for `keras.layers`: each call says who was called with what."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def make(*arguments: Any, **_: Any) -> Callable[[Any], Any]:
            return lambda inputs: (name, _tensors(inputs), arguments[:1])

        return make


def _tensors(inputs: Any) -> tuple[Any, ...]:
    return tuple(inputs) if isinstance(inputs, list) else (inputs,)


def executed(architecture: Architecture) -> Any:
    """What the script's `build_model` gives, as a nest of calls."""
    keras = SimpleNamespace(
        Input=lambda **_: "input", Model=lambda _, outputs, **__: _tensors(outputs)
    )
    namespace: dict[str, Any] = {"keras": keras, "layers": Recorded(), "initializers": Recorded()}
    for name, module in registered_modules().items():
        namespace[name] = _function(name, module.min_inputs)
    exec(model_source(infer(architecture)), namespace)
    return namespace["build_model"]()


def _function(name: str, num_tensors: int) -> Callable[..., Any]:
    return lambda *given, **_: (name, given[:num_tensors], given[num_tensors:][:1])


def meant(architecture: Architecture) -> Any:
    """The same nest, straight from the architecture."""
    values: dict[str, Any] = {}
    for node in architecture:
        sources = tuple(values[source] for source in node.inputs)
        if node.block.max_inputs == 0:
            values[node.id] = "input"
            continue
        first = tuple(getattr(node.block, p.name) for p in node.block.parameters() if p.positional)
        for _ in range(node.repeat):
            sources = ((node.block.type_name(), sources, first[:1]),)
        values[node.id] = sources[0]
    return tuple(values[output] for output in architecture.output_ids)


def lines(architecture: Architecture) -> list[str]:
    return [line.strip() for line in model_source(infer(architecture)).splitlines()]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_every_template_is_written_as_it_is_meant(template: Any) -> None:
    assert executed(template.architecture) == meant(template.architecture)


def test_nasnet_reads_as_its_paper_draws_it() -> None:
    written = lines(TEMPLATES["nasnet_large"].architecture)
    start = written.index("x, previous = stem_2, stem_1")
    assert written[start : start + 7] == [
        "x, previous = stem_2, stem_1",
        "for _ in range(6):",
        "x, previous = nasnet_normal_cell(x, previous, 168), x",
        "reduction_1 = nasnet_reduction_cell(x, previous, 336)",
        "x = reduction_1",
        "for _ in range(6):",
        "x, previous = nasnet_normal_cell(x, previous, 336), x",
    ]


def drawing(*widths: int) -> tuple[Drawing, str, str]:
    """Cells of the given widths, each reading the two outputs before it."""
    made = Drawing("cells")
    first = made.place(block("Input", shape=(16, 16, 3)))
    x, previous = made.place(block("Conv2D", 8, 3, padding="same"), first), first
    for width in widths:
        x, previous = made.place(block(CELL, width), x, previous), x
    return made, x, previous


def test_one_cell_is_no_chain() -> None:
    made, _, _ = drawing(8)
    assert "for _ in range" not in model_source(infer(made.architecture))


def test_one_chain_follows_another() -> None:
    made, _, _ = drawing(8, 8, 12, 12, 12)
    made.place(block("Activation", "relu"))
    assert lines(made.architecture)[2:-1] == [
        'conv2d_1 = layers.Conv2D(8, 3, padding="same")(inputs)',
        "x, previous = conv2d_1, inputs",
        "for _ in range(2):",
        "x, previous = nasnet_normal_cell(x, previous, 8), x",
        "for _ in range(3):",
        "x, previous = nasnet_normal_cell(x, previous, 12), x",
        'outputs = layers.Activation("relu")(x)',
    ]


def test_outputs_that_are_read_later_get_their_own_variables() -> None:
    made, x, previous = drawing(8, 8)
    made.place(block("Activation", "relu"), x)
    made.place(block("Concatenate"), previous, x, made.architecture.nodes[-1].id)
    written = lines(made.architecture)
    assert f"{x}, {previous} = x, previous" in written
    assert executed(made.architecture) == meant(made.architecture)


def test_a_cell_that_somebody_else_reads_ends_the_chain() -> None:
    made, x, _ = drawing(8, 8, 8, 8)
    early = made.architecture.nodes[2].id
    made.place(block("Concatenate"), early, x)
    assert "for _ in range(4):" not in lines(made.architecture)
    assert executed(made.architecture) == meant(made.architecture)


def test_outputs_of_the_network_stay_in_their_own_variables() -> None:
    made, last, before = drawing(8, 8, 8)
    early = made.architecture.nodes[2].id
    for outputs in [(last, early), (before,), (last,), (early, before)]:
        made.architecture = replace(made.architecture, outputs=outputs)
        assert executed(made.architecture) == meant(made.architecture)
    relu = made.place(block("Activation", "relu"), last)
    end = made.place(block("Activation", "tanh"), relu)
    made.architecture = replace(made.architecture, outputs=(end, last))
    assert executed(made.architecture) == meant(made.architecture)


def test_x_is_not_taken_by_a_layer_between_two_chains() -> None:
    made, last, _ = drawing(8, 8)
    relu = made.place(block("Activation", "relu"), last)
    x, previous = made.place(block(CELL, 8), last, relu), last
    made.place(block(CELL, 8), x, previous)
    assert executed(made.architecture) == meant(made.architecture)


def test_a_named_cell_keeps_its_name() -> None:
    made, x, previous = drawing()
    for name in ("first", "", "", "fourth", ""):
        x, previous = made.place(block(CELL, 8), x, previous, name=name), x
    made.place(block("Activation", "relu"))
    written = lines(made.architecture)
    assert "first = nasnet_normal_cell(conv2d_1, inputs, 8)" in written
    assert "for _ in range(2):" in written
    assert "# fourth" in written


def test_a_long_call_is_written_before_the_outputs_are_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("builder.codegen.keras.body_source.WIDTH", 50)
    made, _, _ = drawing(8, 8)
    made.place(block("Activation", "relu"))
    assert "x, previous = new, x" in lines(made.architecture)
    assert executed(made.architecture) == meant(made.architecture)


@st.composite
def cells(draw: st.DrawFn) -> Architecture:
    """Cells that mostly read the two before them; some names, other readers and other outputs."""
    made, x, previous = drawing()
    for number in range(draw(st.integers(2, 9))):
        ids = [node.id for node in made.architecture]
        kind = draw(st.sampled_from(["cell"] * 6 + ["any", "skip", "relu"]))
        name = draw(st.sampled_from([""] * 7 + [f"cell_{number}"]))
        width = draw(st.sampled_from([8, 8, 8, 12]))
        if kind == "cell":
            x, previous = made.place(block(CELL, width), x, previous, name=name), x
        elif kind == "skip":
            x = made.place(block(CELL, width), x, previous, name=name)
        elif kind == "relu":
            x = made.place(block("Activation", "relu"), x)
        else:
            first, second = draw(st.sampled_from(ids)), draw(st.sampled_from(ids))
            x, previous = made.place(block(CELL, width), first, second, name=name), x
    ids = [node.id for node in made.architecture.nodes[1:]]
    outputs = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
    return Architecture("cells", made.architecture.nodes, tuple(outputs))


@given(cells())
def test_any_chain_means_what_was_drawn(architecture: Architecture) -> None:
    assert executed(architecture) == meant(architecture)


def test_a_layer_of_two_inputs_chains_too() -> None:
    made, x, previous = drawing()
    made.place(block("Conv2D", 3, 1), x)
    x = made.architecture.nodes[-1].id
    for _ in range(3):
        x, previous = made.place(block("Subtract"), x, previous), x
    assert "x, previous = layers.Subtract()([x, previous]), x" in lines(made.architecture)
    assert executed(made.architecture) == meant(made.architecture)

"""Every module alone, against Keras: its exported source is executed on Keras's own tensors."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builder.blocks.module import Module, registered_modules
from builder.blocks.symbolic import trace
from builder.blocks.types import Shape
from builder.codegen.keras.function_source import with_dependencies
from builder.codegen.keras.python_source import literal
from tests.differential.attempts import attempt, drawn, on_purpose
from tests.drawing import IMAGES, MAX_VALUES, blocks

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore::UserWarning")]

MAX_PARAMS = 500_000


def shapes_for(module: type[Module]) -> st.SearchStrategy[list[Shape]]:
    """An image for each input; later ones are often like the first, or half or twice as large."""

    def related(shape: Shape) -> st.SearchStrategy[Shape]:
        height, width, channels = shape
        return st.one_of(
            st.just(shape),
            st.just((height * 2, width * 2, channels)),
            st.just((-(-height // 2), -(-width // 2), channels * 2)),
            IMAGES,
        )

    if module.max_inputs == 1:
        return IMAGES.map(lambda shape: [shape])
    return IMAGES.flatmap(lambda shape: related(shape).map(lambda other: [shape, other]))


@pytest.mark.parametrize("name", registered_modules())
def test_like_keras(name: str) -> None:
    module_type = registered_modules()[name]

    @drawn(8)
    @given(blocks(module_type), shapes_for(module_type))
    def agree(module: Module, shapes: list[Shape]) -> None:
        ours = attempt(lambda: trace(module, tuple(shapes)))
        if isinstance(ours, str):
            if not on_purpose(ours):
                keras = attempt(lambda: _run(module, shapes))
                assert isinstance(keras, str), f"Keras accepts {module} on {shapes}, we say: {ours}"
            return
        assume(ours.params < MAX_PARAMS and ours.activation_bytes < 40 * MAX_VALUES)
        keras = _run(module, shapes)
        facts = [call.facts for call in ours.calls]
        assert [layer.name for layer in keras] == [f.layer.class_name() for f in facts]
        assert [layer.output_shape for layer in keras] == [f.output_shape for f in facts]
        assert [layer.params for layer in keras] == [f.params for f in facts]
        assert [layer.trainable_params for layer in keras] == [f.trainable_params for f in facts]
        assert [layer.macs for layer in keras] == [f.macs for f in facts]

    agree()


def _run(module: Module, shapes: Sequence[Shape]) -> list[Any]:
    """Executes the module's exported source on Keras's tensors; gives its layers as created."""
    import keras

    from tests.differential.oracle import created_layers, observe, without_values

    namespace: dict[str, Any] = {
        name: getattr(keras, name) for name in ("initializers", "layers", "regularizers")
    }
    for source in with_dependencies([type(module)]):
        exec(source.text, namespace)
    arguments = [
        f"{parameter.name}={literal(getattr(module, parameter.name))}"
        for parameter in module.parameters()
    ]
    namespace["inputs"] = [keras.Input(shape) for shape in shapes]
    with without_values(), created_layers() as created:
        exec(f"output = {module.type_name()}(*inputs, {', '.join(arguments)})", namespace)
    return [observe(layer) for layer in created]

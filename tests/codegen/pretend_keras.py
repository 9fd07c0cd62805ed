"""Generated code, executed on our own symbolic tensors: what it builds, without Keras."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from builder.blocks import initializers, regularizers
from builder.blocks.layers import LAYERS
from builder.blocks.symbolic import SymbolicTensor, layer_facts
from builder.blocks.trace_record import CallRecord, LayerCall, LayerFacts
from builder.blocks.types import Shape
from builder.codegen.keras.script import to_script
from builder.network.architecture import Architecture


@dataclass
class Executed:
    """What a script's `build_model` made.

    Attributes:
        calls: Every layer, in the order of making.
        names: The names that were given to layers, in that order.
        title: The model's name.
        outputs: The shapes of the outputs.
    """

    calls: CallRecord = field(default_factory=CallRecord)
    names: list[str] = field(default_factory=list[str])
    title: str = ""
    outputs: tuple[Shape, ...] = ()

    @property
    def facts(self) -> list[LayerFacts]:
        return [call.facts for call in self.calls]


def execute(architecture: Architecture) -> Executed:
    """Exports a network and calls the script's `build_model` on symbolic tensors."""
    return run_model(to_script(architecture).partition("\ndef load_data(")[0])


def run_model(text: str) -> Executed:
    """Calls `build_model` of exported code on symbolic tensors."""
    code = text[text.index("\ndef ") :]  # the imports are ours
    executed = Executed()
    namespace: dict[str, Any] = {
        "__name__": "exported",
        "keras": SimpleNamespace(Input=_input(executed), Model=_model(executed)),
        "layers": _Layers(executed),
        "regularizers": regularizers,
        "initializers": initializers,
    }
    exec(compile(code, "<exported>", "exec"), namespace)
    namespace["build_model"]()
    return executed


class _Layers:
    """Stands for `keras.layers`, whose layers also take a name."""

    def __init__(self, executed: Executed) -> None:
        self._executed = executed

    def __getattr__(self, layer: str) -> Callable[..., Any]:
        def make(*arguments: Any, name: str = "", **given: Any) -> Any:
            self._executed.names += [name] if name else []
            return LAYERS[layer](*arguments, **given)

        return make


def _input(executed: Executed) -> Callable[..., SymbolicTensor]:
    def make(name: str = "", **given: Any) -> SymbolicTensor:
        executed.names += [name] if name else []
        facts = layer_facts(LAYERS["Input"].create(given), ())
        executed.calls.append(LayerCall(facts, ()))
        index = len(executed.calls) - 1
        return SymbolicTensor((None, *facts.output_shape), executed.calls, index, ())

    return make


def _model(executed: Executed) -> Callable[..., None]:
    def make(inputs: Any, outputs: Any, name: str) -> None:
        listed = outputs if isinstance(outputs, list) else [outputs]
        executed.outputs = tuple(tensor.shape[1:] for tensor in listed)
        executed.title = name

    return make

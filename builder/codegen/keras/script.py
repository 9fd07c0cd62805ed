"""The exported script: what a person downloads, and what a run trains.

It needs Keras and NumPy only, builds the network by `build_model()`, and trains it when it is
started.
"""

from dataclasses import dataclass
from typing import cast

from builder.blocks.costs import format_shape
from builder.blocks.module import Module
from builder.codegen.keras.function_source import FunctionSource, with_dependencies
from builder.codegen.keras.layout import WIDTH
from builder.codegen.keras.model_source import FULL, model_source
from builder.codegen.keras.names import function_names, top_level_names
from builder.codegen.keras.python_source import namespaces
from builder.codegen.keras.training_plan import training_plan
from builder.codegen.keras.training_source import TrainingSource, training_source
from builder.network.architecture import Architecture
from builder.network.inference import Inference, infer
from builder.system.errors import BuilderError
from builder.training.onednn import VARIABLE, WITHOUT_ONEDNN
from builder.training.settings import TrainingSettings
from builder.transforms.head import head

DEEP = 300
"""From this many layers, a script raises Python's recursion limit, well before 1,000."""


@dataclass(frozen=True, slots=True)
class ScriptParts:
    """The parts of a script; a notebook has the same parts in its cells.

    Attributes:
        header: The docstring.
        imports: The imports of the standard library, Keras and NumPy.
        recursion: The recursion limit for a deep network; empty for others.
        modules: The functions of the modules in use, each after those it calls.
        build_model: The function with that name.
        training: The training part; None for a network that does not classify one image at a time.
    """

    header: str
    imports: str
    recursion: str
    modules: tuple[str, ...]
    build_model: str
    training: TrainingSource | None


def to_script(architecture: Architecture, settings: TrainingSettings | None = None) -> str:
    """Writes a network as a Python script.

    Args:
        architecture: The network.
        settings: How it is trained; without them the script trains on random images of the right
            shape, as a place for one's own data.

    Raises:
        BuilderError: The network has errors; the message names the first.
    """
    parts = script_parts(architecture, settings)
    training = parts.training
    top = [parts.header, parts.imports, training.constants if training else "", parts.recursion]
    bodies = [*parts.modules, parts.build_model, training.functions if training else _SUMMARY]
    return "\n\n".join(filter(None, top)) + "\n\n\n" + "\n\n\n".join(bodies).rstrip() + "\n"


def to_model_code(architecture: Architecture) -> str:
    """Writes the model alone, as a module to import: its blocks' functions and `build_model()`.

    It is shorter than the same part of the script: of a block's docstring it has the first line,
    and it sets nothing of TensorFlow, which is imported already where a module of one's own comes.

    Args:
        architecture: The network.

    Raises:
        BuilderError: The network has errors; the message names the first.
    """
    inference = _sound(architecture)
    parts = _parts(inference, None, FULL, alone=True)
    top = "\n\n".join(filter(None, (parts.header, parts.imports, parts.recursion)))
    return "\n\n\n".join((top, *parts.modules, parts.build_model)) + "\n"


def script_parts(architecture: Architecture, settings: TrainingSettings | None) -> ScriptParts:
    """Writes the parts of a network's script; arguments and errors are those of `to_script`."""
    inference = _sound(architecture)
    asked = settings or TrainingSettings(dataset="placeholder")
    training = _training(inference, asked)
    return _parts(inference, training, asked.precision if training else FULL)


def _sound(architecture: Architecture) -> Inference:
    inference = infer(architecture)
    if inference.errors:
        first = inference.errors[0]
        raise BuilderError(f"the network cannot be exported yet: {first}")
    return inference


def _parts(
    inference: Inference, training: TrainingSource | None, precision: str, *, alone: bool = False
) -> ScriptParts:
    modules = _modules(inference)
    names = function_names(modules, _top_level_names(training))
    functions = with_dependencies(modules, names)
    return ScriptParts(
        header=_header(inference, alone=alone),
        imports=_imports(inference, functions, training, alone=alone),
        recursion=_RECURSION if inference.num_layers > DEEP else "",
        modules=tuple(function.short_text if alone else function.text for function in functions),
        build_model=model_source(inference, precision, names),
        training=training,
    )


_RECURSION = """# Keras walks the network by recursion, one level or more for each layer.
sys.setrecursionlimit(20_000)"""

_WITHOUT_ONEDNN = f"""\
# On a CPU, TensorFlow's oneDNN kernels crash or give wrong gradients in strided 1×1
# convolutions of fewer than 16 channels (seen in TensorFlow 2.21).
{WITHOUT_ONEDNN}"""

_TRAIN_WITHOUT_ONEDNN = f"""\
# To train it on a CPU, set {VARIABLE}=0 before TensorFlow is imported: oneDNN's kernels
# crash or give wrong gradients in strided 1×1 convolutions of fewer than 16 channels."""

_SUMMARY = """if __name__ == "__main__":
    build_model().summary()"""


def _modules(inference: Inference) -> list[type[Module]]:
    used = dict.fromkeys(type(node.node.block) for node in inference.used)
    return [block for block in used if issubclass(block, Module)]


def trains(inference: Inference) -> bool:
    """Whether a network's script trains it: one that takes an image and gives a row of numbers.

    Of others the script builds the model and prints its summary.
    """
    end = head(inference)
    one_image = len(inference.input_shapes) == 1 and not inference.input_keys
    return end is not None and len(end.output_shape) == 1 and one_image


def _training(inference: Inference, settings: TrainingSettings) -> TrainingSource | None:
    """The training part of a network that classifies one image at a time, without keys."""
    end = head(inference)
    if end is None or not trains(inference):
        return None
    shape = cast(tuple[int, int, int], inference.input_shapes[0])
    name = inference.architecture.name
    calls = (call for known in inference.used for call in known.layers)
    adapts = any(call.facts.layer.learns_statistics() for call in calls)
    plan = training_plan(name, settings, shape, end.output_shape, end.activation, adapts=adapts)
    return training_source(plan)


def _top_level_names(training: TrainingSource | None) -> frozenset[str]:
    """The names that the training part defines or reads at the top of a script."""
    if training is None:
        return frozenset()
    lines = [*training.standard_imports, *training.imports, training.constants, training.functions]
    return top_level_names("\n".join(lines))


def _header(inference: Inference, *, alone: bool) -> str:
    """The docstring; that of the model alone is one line where it fits."""
    title = inference.architecture.name.replace("\\", "/").replace('"', "'")
    inputs = ", ".join(format_shape(shape) for shape in inference.input_shapes)
    outputs = ", ".join(format_shape(shape) for shape in inference.output_shapes if shape)
    first = f"{title}: {inference.total_params:,} parameters, {inference.macs:,} MACs."
    ends = f"Input {inputs}, output {outputs}."
    line = f'"""{first} {ends}"""'
    if alone and len(line) <= WIDTH:
        return line
    return f'"""{first}\n\n{ends} Exported from Convstack; runs under Keras 3.\n"""'


def _imports(
    inference: Inference,
    functions: list[FunctionSource],
    training: TrainingSource | None,
    *,
    alone: bool,
) -> str:
    """All imports, and what has to stand in front of that of Keras, which brings TensorFlow.

    A model alone is imported where TensorFlow is imported already: it can only say what to set.
    """
    names = {name for function in functions for name in function.namespaces}
    names |= {"layers", *namespaces(known.node.block for known in inference.used)}
    lines = {"import keras", f"from keras import {', '.join(sorted(names))}"}
    lines |= set(training.imports) if training else set()
    plain = sorted(line for line in lines if line.startswith("import "))
    others = "\n".join(plain + sorted(line for line in lines if line.startswith("from ")))
    standard = set(training.standard_imports if training else ())
    standard |= {"import sys"} if inference.num_layers > DEEP else set()
    standard |= {"import os"} if inference.breaks_onednn and not alone else set()
    kernels = _TRAIN_WITHOUT_ONEDNN if alone else _WITHOUT_ONEDNN
    parts = ("\n".join(sorted(standard)), kernels if inference.breaks_onednn else "", others)
    return "\n\n".join(filter(None, parts))

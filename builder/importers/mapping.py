"""Maps a call of a Keras layer to blocks of the catalogue: the allowlist.

Anything that is not listed here is left out, and the result says so. If the catalogue lacks a class
of Keras, the same function is built from existing blocks, exactly or not at all.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from builder.blocks.base import Block
from builder.blocks.catalogue import block_type
from builder.blocks.costs import format_shape
from builder.blocks.layers import LAYERS
from builder.importers import (
    activations,
    application_layers,
    arithmetic,
    rearranging,
    settings,
    slicing,
)
from builder.importers.configuration import is_list, is_object
from builder.importers.differences import differences, modernized, old_activation, old_ending
from builder.importers.entries import INPUT
from builder.importers.operations import LAMBDAS, MODULES, NODE, calls_function, read_operation
from builder.importers.pieces import CannotMapError, Mapped, Piece, Pieces, Shapes, made
from builder.importers.reasons import Reason, refused
from builder.importers.unfolding import Call
from builder.importers.values import NotTakenError, called_with, parameter_value, plain
from builder.importers.version import CURRENT, KerasVersion
from builder.system.errors import FormatError, ParameterError, Problem, shown

OPEN_SIZE = (224, 224, 3)
"""The size of the input that replaces one that a file leaves open."""

INHERITED = {"kernel_initializer", "kernel_regularizer", "kernel_constraint", "filters"}
"""Settings that depthwise and separable convolutions of old files have without using them."""


AT_THE_START = ("_initializer", "_regularizer")
"""Suffixes of settings that do not affect a layer's shape or weights."""


MAX_REASONS = 8
"""How much is reported of one layer's settings."""


def map_call(call: Call, shapes: Shapes, keras: KerasVersion = CURRENT) -> Mapped:
    """Returns the blocks for a call of a layer.

    Args:
        call: The call.
        shapes: Its input shapes, as far as they are known.
        keras: The version of Keras that wrote it.

    Raises:
        CannotMapError: No block does the same.
        FormatError: The settings are impossible for any layer.
    """
    reasons = differences(call, keras)
    try:
        is_operation = _is_operation(call)
        mapped = _operation(call, shapes) if is_operation else _any_layer(call, shapes, keras)
    except ParameterError as error:
        raise CannotMapError(Reason.REFUSED, **refused(error)) from None
    except NotTakenError as error:
        raise CannotMapError(error.reason, **error.problem.fields) from None
    except FormatError as error:
        raise FormatError(f"the layer {shown(call.name)}: {error.message}", error.fix) from None
    return Mapped(mapped.pieces, (*mapped.reasons, *reasons, *_general_reasons(call)))


def _any_layer(call: Call, shapes: Shapes, keras: KerasVersion) -> Mapped:
    """A layer, followed by its activation if that is a separate block."""
    call = modernized(call, keras)
    bare, behind = _activation_apart(call, keras)
    ending = old_ending(call, keras)
    if behind is None and not ending:
        return SPECIAL.get(call.class_name, _layer)(call, shapes)
    behind = behind or Mapped(tuple(Piece(block, (-1,)) for block in ending))
    alone = call.class_name == "Activation"
    mapped = Mapped(()) if alone else SPECIAL.get(call.class_name, _layer)(bare, shapes)
    pieces = Pieces(mapped.pieces)
    pieces.chain(len(pieces) - 1, *(piece.block for piece in behind.pieces))
    return Mapped(tuple(pieces), (*mapped.reasons, *behind.reasons))


def _activation_apart(call: Call, keras: KerasVersion) -> tuple[Call, Mapped | None]:
    """Splits the activation off a layer if it becomes one or more separate blocks.

    This is so for one that Keras 2 computes differently, and for a layer such as LeakyReLU.

    Returns:
        The layer without it, and the blocks for it; None where it stays with the layer.
    """
    given = call.config.get("activation")
    bare = replace(call, config={**call.config, "activation": "linear"})
    old = old_activation(given, keras)
    if old:
        return bare, Mapped(tuple(Piece(block, (-1,)) for block in old))
    config = given.get("config") if is_object(given) else None
    if not is_object(given) or not is_object(config):
        return call, None
    inner = modernized(Call("", call.name, str(given.get("class_name")), "", config, ("",)), keras)
    if inner.class_name not in ACTIVATION_LAYERS:
        return call, None
    try:
        return bare, SPECIAL.get(inner.class_name, _layer)(inner, (None,))
    except (CannotMapError, NotTakenError, ParameterError):
        return call, None  # which says that the catalogue has no such activation


def _general_reasons(call: Call) -> tuple[Problem, ...]:
    reasons: list[Problem] = []
    if settings.frozen(call.config):
        reasons.append(Problem(Reason.FROZEN))
    precision = settings.precision(call.config)
    if precision and call.class_name != INPUT:
        reasons.append(Problem(Reason.OTHER_PRECISION, {"precision": precision}))
    if not _is_operation(call):  # the arguments of a function are checked where it is mapped
        reasons += [called_with(name, value) for name, value in call.options]
    return tuple(reasons)


def _layer(call: Call, shapes: Shapes) -> Mapped:
    """A layer that the catalogue has under its own name."""
    name = call.class_name
    if name not in LAYERS:
        raise CannotMapError(Reason.NO_SUCH_LAYER)
    if call.config.get("data_format") == "channels_first":
        raise CannotMapError(Reason.CHANNELS_FIRST)
    block, reasons = _block(name, call.config, shapes)
    return Mapped((Piece(block, _ports(call)),), reasons)


def _block(name: str, config: dict[str, Any], shapes: Shapes) -> tuple[Block, tuple[Problem, ...]]:
    """A block with the settings of a configuration, and the settings that are lost."""
    kind = block_type(name)
    known = {parameter.name for parameter in kind.parameters()}
    values: dict[str, Any] = {}
    reasons: list[Problem] = []
    for key in (parameter.name for parameter in kind.parameters() if parameter.name in config):
        try:
            values[key] = _one_number(name, key, parameter_value(key, config[key]))
            if key.endswith(AT_THE_START):
                kind.create({key: values[key]})
        except NotTakenError as error:
            values.pop(key, None)
            reasons.append(error.problem)
        except ParameterError as error:
            values.pop(key, None)
            reasons.append(Problem(Reason.REFUSED, refused(error)))
    if "axis" in values:
        values["axis"] = _axis(values["axis"], shapes)
    for margins in ("padding", "cropping"):
        if is_list(values.get(margins)):
            values[margins] = _short(values[margins])
    if "pool_size" in values and values.get("strides") == values["pool_size"]:
        values["strides"] = None  # Keras's default
    inherited = INHERITED if "depthwise_initializer" in known else set[str]()
    reasons += settings.surplus(config, known | inherited)
    if len(reasons) > MAX_REASONS:
        more = len(reasons) - MAX_REASONS
        reasons[MAX_REASONS:] = [Problem(Reason.MORE_SETTINGS, {"number": more})]
    return kind.create(values), tuple(reasons)


def _short(margins: list[Any]) -> Any:
    """Writes equal margins as one: `[[1, 1], [1, 1]]` as 1."""
    inner = [_short(side) if is_list(side) else side for side in margins]
    same = len(inner) == 2 and inner[0] == inner[1] and type(inner[0]) is int
    return inner[0] if same else inner if all(type(i) is int for i in inner) else margins


def _one_number(name: str, key: str, value: Any) -> Any:
    """Writes a range as the number that it comes from: `[-0.1, 0.1]` as 0.1."""
    if not key.endswith("factor") or not is_list(value) or len(value) != 2:
        return value
    low, high = value
    whole = isinstance(high, int | float) and name != "RandomContrast" and low == -high
    return high if whole else value


def _axis(axis: Any, shapes: Shapes) -> Any:
    """Writes the last axis as -1, so that equal layers are equal blocks."""
    if is_list(axis) and len(axis) < 2:
        axis = axis[0] if axis else None
    known = next((shape for shape in shapes if shape is not None), None)
    return -1 if known is not None and axis == len(known) and type(axis) is int else axis


def _ports(call: Call) -> tuple[int, ...]:
    return tuple(-1 - port for port in range(len(call.inputs)))


def _input(call: Call, shapes: Shapes) -> Mapped:
    shape = call.config.get("batch_shape") or call.config.get("batch_input_shape")
    if not is_list(shape) or not all(size is None or type(size) is int for size in shape):
        raise FormatError(f"received the input shape {shown(shape)}, expected a list of sizes")
    sizes = plain("shape", shape)[1:]
    if len(sizes) != len(OPEN_SIZE):
        written = "×".join("?" if size is None else str(size) for size in sizes)
        raise CannotMapError(Reason.NO_IMAGE, sizes=written)
    filled = [given if size is None else size for size, given in zip(sizes, OPEN_SIZE, strict=True)]
    reasons: tuple[Problem, ...] = ()
    if filled != sizes:
        assumed = format_shape(tuple(filled))
        reasons = (Problem(Reason.OPEN_SIZE, {"assumed": assumed}),)
    return Mapped((Piece(block_type("Input").create({"shape": filled}), ()),), reasons)


def _activation(call: Call, shapes: Shapes) -> Mapped:
    """An Activation; even a linear one is a layer."""
    name = parameter_value("activation", call.config.get("activation")) or "linear"
    return Mapped((Piece(made("Activation", activation=name), _ports(call)),))


def _nothing(call: Call, shapes: Shapes) -> Mapped:
    """A layer that returns its input."""
    return Mapped((), tuple(settings.surplus(call.config, set())))


def _activation_layer(name: str, usual: dict[str, Any]) -> Callable[[Call, Shapes], Mapped]:
    """A layer that equals one of our activations, as long as it has its default settings."""

    def map_it(call: Call, shapes: Shapes) -> Mapped:
        for key, value in usual.items():
            given = plain(key, call.config.get(key, value))
            if given != value and not (key == "axis" and _axis(given, shapes) == value):
                raise CannotMapError(Reason.NO_COUNTERPART, setting=key, value=shown(given))
        lost = tuple(settings.surplus(call.config, set(usual)))
        return Mapped((Piece(made("Activation", activation=name), (-1,)),), lost)

    return map_it


ACTIVATION_LAYERS = {"ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"}
"""Layers that may be the activation of another layer."""

FUNCTIONS = {
    **activations.HANDLERS,
    **arithmetic.HANDLERS,
    **rearranging.HANDLERS,
    **slicing.HANDLERS,
}


def _is_operation(call: Call) -> bool:
    name = call.class_name
    named = name in FUNCTIONS or name in LAMBDAS or name == NODE or call.module.startswith(MODULES)
    return named and calls_function(call, name in LAYERS or name in SPECIAL)


def _operation(call: Call, shapes: Shapes) -> Mapped:
    """A function of `keras.ops` or TensorFlow, or an operator, which is called without a layer."""
    operation = read_operation(call, shapes)
    handler = FUNCTIONS.get(operation.function)
    if handler is None:
        raise operation.unknown()
    pieces = Pieces()
    handler(operation, pieces)
    operation.finish()
    read = {-1 - port for piece in pieces for port in piece.inputs if port < 0}
    if read != {*range(len(call.inputs))} and (pieces or len(call.inputs) != 1):
        raise operation.unknown(Reason.READS_MORE)
    return Mapped(tuple(pieces))


def _minimum(call: Call, shapes: Shapes) -> Mapped:
    """The smallest of its inputs."""
    pieces = Pieces()
    arithmetic.minimum(pieces, _ports(call))
    return Mapped(tuple(pieces), tuple(settings.surplus(call.config, set())))


SPECIAL: dict[str, Callable[[Call, Shapes], Mapped]] = {
    INPUT: _input,
    "Activation": _activation,
    "CustomScaleLayer": application_layers.scaled_sum,
    "ELU": _activation_layer("elu", {"alpha": 1.0}),
    "Identity": _nothing,
    "LayerScale": application_layers.layer_scale,
    "Minimum": _minimum,
    "Softmax": _activation_layer("softmax", {"axis": -1}),
    "StochasticDepth": application_layers.stochastic_depth,
}
"""Classes that have no block with their name."""

"""Symbolic tensors: applying a block to them yields its inner layers and shapes.

A module is an ordinary Keras-style function. On these tensors it does what it would do on Keras's
own, except that each layer only records its call. No array is allocated and Keras is not needed.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import Any

from pydantic import ValidationError

from builder.blocks.base import Block, Layer
from builder.blocks.costs import BYTES_PER_VALUE, POINT, Reach
from builder.blocks.shape_codes import HELPS_FROM_OUTSIDE, ShapeCode
from builder.blocks.trace_record import (
    MAX_LAYERS,
    BlockTrace,
    CallRecord,
    LayerCall,
    LayerFacts,
    ModuleCall,
)
from builder.blocks.types import Shape
from builder.system.errors import ShapeError
from builder.system.expectations import expected

MAX_VALUES = 2**40
"""The most values in a layer's output or weights: far more than a machine can hold."""


class SymbolicTensor:
    """Stands for a tensor while a block is traced.

    Attributes:
        shape: With the batch axis in front, as in Keras: `(None, 32, 32, 3)`.
    """

    __slots__ = ("calls", "index", "reaches", "shape")

    def __init__(
        self,
        shape: tuple[int | None, ...],
        calls: CallRecord,
        index: int,
        reaches: tuple[Reach | None, ...],
    ) -> None:
        self.shape = shape
        self.calls = calls
        self.index = index
        self.reaches = reaches


Tensor = Any
"""In a module's signature: a Keras tensor in an exported script, a `SymbolicTensor` here."""


def apply_layer(layer: Layer, inputs: SymbolicTensor | Sequence[SymbolicTensor]) -> SymbolicTensor:
    """Calls a layer on symbolic tensors and records the call.

    Raises:
        ShapeError: The layer does not fit its inputs.
    """
    if isinstance(inputs, SymbolicTensor):  # the usual case, kept fast
        calls, indices, reaches = inputs.calls, (inputs.index,), inputs.reaches
        facts = layer_facts(layer, (_without_batch(inputs),))
    else:
        calls, indices = inputs[0].calls, tuple([tensor.index for tensor in inputs])
        facts = layer_facts(layer, tuple([_without_batch(tensor) for tensor in inputs]))
        reaches = inputs[0].reaches
        for tensor in inputs[1:]:
            reaches = tuple(map(_union, reaches, tensor.reaches))
        calls.joins += len(indices) * len(reaches)
        calls.check()
    if len(calls) >= MAX_LAYERS:
        calls.check()
    calls.append(LayerCall(facts, indices))
    if facts.reach is not POINT:
        calls.joins += len(reaches)
        reaches = tuple([reach and reach.then(facts.reach) for reach in reaches])
    return SymbolicTensor((None, *facts.output_shape), calls, len(calls) - 1, reaches)


Layer.apply = staticmethod(apply_layer)


def apply_module(
    block: type[Block],
    function: Callable[..., SymbolicTensor],
    tensors: Sequence[SymbolicTensor],
    values: Mapping[str, Any],
) -> SymbolicTensor:
    """Calls a module's function and records which layers it made.

    Args:
        block: The module.
        function: Its function.
        tensors: Its inputs, at least one.
        values: The parameters to call it with.

    Raises:
        ShapeError: A layer inside does not fit.
    """
    calls = tensors[0].calls
    calls.check()
    start, place = len(calls), len(calls.modules)
    output = function(*tensors, **values)
    sources = tuple(tensor.index for tensor in tensors)
    called = ModuleCall(block, values, start, len(calls), output.index, sources)
    calls.modules.insert(place, called)  # before the modules that it called itself
    return output


@lru_cache(maxsize=16_384)
def layer_facts(layer: Layer, input_shapes: tuple[Shape, ...]) -> LayerFacts:
    """Applies a layer's rules to input shapes.

    Raises:
        ShapeError: The layer does not fit its inputs.
    """
    _check_number_of_inputs(layer, len(input_shapes))
    output_shape = layer.output_shape(*input_shapes)
    name = layer.type_name()
    if min(output_shape, default=1) < 1:
        raise ShapeError(ShapeCode.EMPTY_OUTPUT, layer=name, shape=output_shape)
    _check_size(ShapeCode.TOO_MANY_VALUES, name, prod(output_shape))
    weights = layer.weights(*input_shapes)
    params = sum(weight.size for weight in weights)
    _check_size(ShapeCode.TOO_MANY_WEIGHTS, name, params)
    return LayerFacts(
        layer=layer,
        input_shapes=input_shapes,
        output_shape=output_shape,
        weights=weights,
        params=params,
        trainable_params=sum(weight.size for weight in weights if weight.trainable),
        macs=layer.macs(output_shape, weights, *input_shapes),
        activation_bytes=BYTES_PER_VALUE * prod(output_shape),
        reach=layer.reach(*input_shapes),
    )


@lru_cache(maxsize=8_192)
def trace(block: Block, input_shapes: tuple[Shape, ...]) -> BlockTrace:
    """Applies a block to input shapes and returns its inner layers, shapes and costs.

    Args:
        block: A layer or a module.
        input_shapes: One shape for each input, without the batch axis.

    Raises:
        ShapeError: The block, or a layer inside it, does not fit.
    """
    _check_number_of_inputs(block, len(input_shapes))
    calls = CallRecord()
    ports = len(input_shapes)
    tensors = [
        SymbolicTensor(
            (None, *shape),
            calls,
            -1 - port,
            tuple(POINT if port == k else None for k in range(ports)),
        )
        for port, shape in enumerate(input_shapes)
    ]
    try:
        output = _apply(block, tensors) if tensors else _source(block, calls)
    except ShapeError as error:
        error.work = calls.work
        raise
    itself = int(bool(calls.modules) and calls.modules[0].block is type(block))
    return BlockTrace(
        input_shapes=input_shapes,
        output_shape=_without_batch(output),
        calls=tuple(calls),
        output=output.index,
        reaches=output.reaches,
        params=sum(call.facts.params for call in calls),
        trainable_params=sum(call.facts.trainable_params for call in calls),
        macs=sum(call.facts.macs for call in calls),
        activation_bytes=sum(call.facts.activation_bytes for call in calls),
        modules=tuple(calls.modules[itself:]),
        work=calls.work,
    )


def _apply(block: Block, tensors: list[SymbolicTensor]) -> SymbolicTensor:
    """Calls a block; any error inside a module's function is blamed on the shapes."""
    name, shapes = block.type_name(), tuple(_without_batch(tensor) for tensor in tensors)
    try:
        output = block(tensors[0] if block.max_inputs == 1 else tensors)
    except ShapeError as error:
        if isinstance(block, Layer):
            raise
        helps = error.problem.code in HELPS_FROM_OUTSIDE
        raise ShapeError(
            ShapeCode.INSIDE, block=name, inner=error.problem, advice_helps=helps
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ShapeError(
            ShapeCode.INNER_VALUE,
            block=name,
            shapes=shapes,
            layer=error.title,
            received=first["input"],
            expected=expected(first),
        ) from None
    except (ArithmeticError, IndexError):  # a size that the function reckons with is not there
        raise ShapeError(ShapeCode.NO_IMAGE_FOR_MODULE, block=name, shapes=shapes) from None
    if output.index < 0:
        raise ShapeError(ShapeCode.NOTHING_TO_DO, block=name, shapes=shapes)
    return output


def _source(block: Block, calls: CallRecord) -> SymbolicTensor:
    """The output of a block without inputs; its pixels see themselves."""
    assert isinstance(block, Layer), "only a layer can be a source"
    facts = layer_facts(block, ())
    calls.append(LayerCall(facts, ()))
    return SymbolicTensor((None, *facts.output_shape), calls, 0, ())


def _check_size(code: ShapeCode, layer: str, num_values: int) -> None:
    if num_values > MAX_VALUES:
        raise ShapeError(code, layer=layer, values=num_values, most=MAX_VALUES)


def _check_number_of_inputs(block: Block, received: int) -> None:
    low, high = block.min_inputs, block.max_inputs
    if received < low or (high is not None and received > high):
        raise ShapeError(
            ShapeCode.WRONG_NUMBER_OF_INPUTS,
            block=block.type_name(),
            low=low,
            high=high,
            received=received,
        )


def _union(first: Reach | None, second: Reach | None) -> Reach | None:
    if first is None or second is None:
        return first or second
    return first.union(second)


def _without_batch(tensor: SymbolicTensor) -> Shape:
    return tensor.shape[1:]  # pyright: ignore[reportReturnType]  only the batch axis is ever None

"""Reads functions that a model calls without a layer into one form, whichever version wrote them.

`x / 255` is `TrueDivide` in a file of Keras 3, `TFOpLambda` with `math.truediv` in one of
TensorFlow 2.4 to 2.15, and `TensorFlowOpLayer` with the node `RealDiv` in one of TensorFlow 2.1 to
2.3. Each becomes an `Operation` with Keras 3's name of the function and of its settings.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from builder.importers.configuration import is_list, is_object
from builder.importers.entries import Port
from builder.importers.pieces import CannotMapError, Pieces, Shapes
from builder.importers.reasons import Reason
from builder.importers.tensorflow_functions import ATTRIBUTES, NHWC, NODES, TENSORFLOW
from builder.importers.unfolding import Call
from builder.importers.values import NotTakenError, brief, plain, shortest
from builder.system.errors import cut, shown

MODULES = ("keras.src.ops", "keras.ops", "keras.src.activations", "keras.activations")
"""The modules of Keras 3's functions."""
EVERY_FUNCTION_HAS = {"name", "dtype", "trainable"}
"""Settings that do not affect what a function does; the dtype is checked elsewhere."""
EVERY_LAYER_HAS = {"trainable", "dtype"}
"""Settings that Keras writes for layers only, not for functions with the same name."""
LAMBDAS = {"TFOpLambda", "SlicingOpLambda"}
NODE = "TensorFlowOpLayer"
MAX_LABEL = 60


@dataclass
class Operation:
    """One call of a function.

    Attributes:
        function: Its name in Keras 3, such as `TrueDivide`.
        label: Its name in the file.
        operands: Its operands, in Keras's order: ports, other values, and lists of both.
        shapes: The shapes of the ports' tensors.
        settings: Everything else, by Keras 3's names.
    """

    function: str
    label: str
    operands: list[Any]
    shapes: Shapes
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def take(self, name: str, default: Any = None) -> Any:
        """Takes a setting; those that are left in the end are refused."""
        value = self.settings.pop(name, None)
        return default if value is None else plain(name, value)

    def plain(self, value: Any) -> Any:
        """An operand that is not a tensor: a number or a list of numbers.

        Raises:
            CannotMapError: It is something else.
        """
        try:
            return plain("value", value)
        except NotTakenError:
            raise self.unknown(Reason.NO_NUMBER) from None

    def finish(self) -> None:
        """Refuses the call if a setting is left.

        Raises:
            CannotMapError: There is one.
        """
        for name, value in self.settings.items():
            if value is not None and value is not False:
                raise self.refusal(name, value)

    def refusal(self, name: str, value: Any) -> CannotMapError:
        """The error for a setting that no block has."""
        return CannotMapError(
            Reason.FUNCTION_SETTING,
            label=self.label,
            setting=cut(name, MAX_LABEL),
            value=brief(value),
        )

    def unknown(self, why: Reason = Reason.NO_BLOCK, **fields: Any) -> CannotMapError:
        """The error for a function, or a use of one, without an equivalent block."""
        return CannotMapError(Reason.FUNCTION, label=self.label, why=why, **fields)

    def port(self, place: int = 0) -> int:
        """The number of the input that an operand is, as `Piece` counts them.

        Raises:
            CannotMapError: The operand is no tensor.
        """
        operand = self.operands[place] if place < len(self.operands) else None
        if not isinstance(operand, Port):
            raise self.unknown()
        return -1 - operand.place

    def ports(self, operands: list[Any]) -> tuple[int, ...]:
        """The numbers of the inputs that operands are; all must be tensors.

        Raises:
            CannotMapError: One of them is no tensor.
        """
        if not operands or not all(isinstance(operand, Port) for operand in operands):
            raise self.unknown(Reason.MIXED_OPERANDS)
        return tuple(-1 - operand.place for operand in operands)

    def shape(self, port: int) -> tuple[int, ...]:
        """The shape of an input, without the batch axis.

        Raises:
            CannotMapError: It is not known.
        """
        found = self.shapes[-1 - port]
        if found is None:
            raise self.unknown(Reason.UNKNOWN_SHAPE)
        return found


Handler = Callable[[Operation, Pieces], None]
"""Adds the blocks that do the same as a function."""


def calls_function(call: Call, is_layer: bool) -> bool:
    """Whether a call means a function, and not a layer of the same name.

    `.h5` files do not tell where a class comes from. In them, layers have settings that functions
    lack.

    Args:
        call: The call.
        is_layer: Whether Keras has a layer of that class name.
    """
    if call.class_name in LAMBDAS or call.class_name == NODE:
        return True
    if call.module:
        return call.module.startswith(MODULES)
    return not is_layer or not EVERY_LAYER_HAS & call.config.keys()


def read_operation(call: Call, shapes: Shapes) -> Operation:
    """Reads the call of a function.

    Raises:
        CannotMapError: The function is unknown, or its operand was left out.
    """
    if call.class_name in LAMBDAS:
        operation = _from_lambda(call, shapes)
    elif call.class_name == NODE:
        operation = _from_node(call, shapes)
    else:
        config = call.config.items()
        settings = {name: value for name, value in config if name not in EVERY_FUNCTION_HAS}
        settings |= dict(call.named)
        if call.class_name == "Cast":
            settings["dtype"] = call.config.get("dtype")
        operation = Operation(call.class_name, call.class_name, [*call.arguments], shapes, settings)
    if len(shapes) < len(call.inputs):
        raise operation.unknown(Reason.OPERAND_LEFT_OUT)
    return operation


def _from_lambda(call: Call, shapes: Shapes) -> Operation:
    name = call.config.get("function")
    if call.class_name == "SlicingOpLambda":
        name = "__operators__.getitem"
    if not isinstance(name, str):
        raise CannotMapError(Reason.NO_FUNCTION_NAME)
    label = f"tf.{cut(name, MAX_LABEL)}"
    known = TENSORFLOW.get(name.removeprefix("compat.v1."))
    if known is None:
        return Operation("", label, [*call.arguments], shapes)
    named = {key: value for key, value in call.named if key != "name"}
    rest = known.operands[len(call.arguments) :]
    operands = [*call.arguments, *(named.pop(key) for key in rest if key in named)]
    settings = {known.settings.get(key, key): _lower(value) for key, value in named.items()}
    return Operation(known.function, label, operands, shapes, {**known.defaults, **settings})


def _from_node(call: Call, shapes: Shapes) -> Operation:
    """Reads `{"node_def": {"op": "Mean", "attr": …}, "constants": {"1": [1, 2]}}`."""
    node = call.config.get("node_def")
    name = node.get("op") if is_object(node) else None
    if not is_object(node) or not isinstance(name, str):
        raise CannotMapError(Reason.NO_FUNCTION_NAME)
    label = f"tf.raw_ops.{cut(name, MAX_LABEL)}"
    function, last = NODES.get(name, ("", ()))
    operands: list[Any] = [Port(index) for index in range(len(call.inputs))]
    constants: Any = call.config.get("constants") or {}
    for place in sorted(constants) if is_object(constants) else ():
        if not place.isdecimal() or int(place) > len(operands):
            raise CannotMapError(Reason.MISPLACED_CONSTANTS, constants=shown(constants))
        operands.insert(int(place), constants[place])
    settings: dict[str, Any] = {}
    for setting in reversed(last):
        settings[setting] = operands.pop() if operands else None
    attributes = node.get("attr")
    for attribute, value in attributes.items() if is_object(attributes) else ():
        setting = ATTRIBUTES.get(attribute)
        if setting is not None and is_object(value):
            settings[setting] = shortest(next(iter(value.values()), None))
    if settings.pop("data_format", NHWC) != NHWC:
        raise CannotMapError(Reason.CHANNELS_FIRST)
    if function == "Concatenate":
        operands = [operands]
    return Operation(function, label, operands, shapes, settings)


def _lower(value: Any) -> Any:
    """Writes names such as `SAME` and `CONSTANT` as Keras does."""
    if is_list(value):
        return value
    return value.lower() if isinstance(value, str) else value

"""Reads the layers that a model's configuration lists, each with the arguments of its calls.

It reads the forms of both Keras 3 and Keras 2.
"""

from typing import Any, NamedTuple, TypeGuard

from builder.importers.configuration import is_list, is_object
from builder.importers.structures import is_described, leaves, replaced
from builder.network.architecture import MAX_NODES
from builder.system.errors import FormatError, shown

SEQUENTIAL = "Sequential"
MODELS = {"Functional", "Model", SEQUENTIAL}
INPUT = "InputLayer"
MASK, TRAINING = "mask", "training"
"""Arguments that every layer may have besides its inputs."""
TENSOR, TUPLE = "__keras_tensor__", "__tuple__"
"""Classes that Keras writes for the parts of a structure."""
CONSTANT = "_CONSTANT_VALUE"
"""What Keras 2 writes in place of a layer for a value that is not a tensor."""


class Reference(NamedTuple):
    """A reference to the output of a layer at one of its calls."""

    layer: str
    node: int
    tensor: int


class Port(NamedTuple):
    """Stands for a tensor among a call's arguments: its place among the call's inputs."""

    place: int


class Inbound(NamedTuple):
    """The arguments of one call of a layer.

    Attributes:
        arguments: The positional ones, each a structure of references and other values.
        named: The ones given by name.
        old: Whether Keras 2 wrote it.
    """

    arguments: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()
    old: bool = False

    @property
    def references(self) -> tuple[Reference, ...]:
        """All references, in Keras's order, except masks, which Keras passes on automatically."""
        read = (*self.arguments, *(value for name, value in self.named if name != MASK))
        return tuple(leaf for leaf in leaves(list(read)) if isinstance(leaf, Reference))

    @property
    def size(self) -> int:
        """How many tensors and other values it holds."""
        return sum(1 for _ in leaves([*self.arguments, *(value for _, value in self.named)]))

    @property
    def options(self) -> tuple[tuple[str, Any], ...]:
        """Arguments that are not tensors, by name.

        Without `training`, which Keras 3 writes for every dropout, and fit() and predict() set.
        """
        return tuple(
            (name, replaced(value, _written))
            for name, value in self.named
            if (name != TRAINING or self.old) and _is_option(name, [*leaves(value)])
        )


def _is_option(name: str, values: list[Any]) -> bool:
    reads = any(isinstance(value, Reference) for value in values)
    empty = bool(values) and all(value is None for value in values)
    return not empty and (name == MASK or not reads)


def _written(value: Any) -> Any:
    return value.layer if isinstance(value, Reference) else value


class Entry(NamedTuple):
    """A layer as a model lists it."""

    name: str
    class_name: str
    module: str
    config: dict[str, Any]
    inbound: tuple[Inbound, ...]

    @property
    def is_model(self) -> bool:
        return self.class_name in MODELS and is_list(self.config.get("layers"))


def read_entries(model: Entry) -> list[Entry]:
    """Reads the layers of a model.

    Raises:
        FormatError: They are not listed, are too many, or share a name.
    """
    listed = model.config.get("layers")
    if not is_list(listed):
        raise FormatError(f"the model {shown(model.name)} lists no layers")
    if len(listed) > MAX_NODES:
        raise FormatError(
            f"the model has {len(listed):,} layers, expected at most {MAX_NODES:,}",
            "choose a smaller one",
        )
    entries = [read_entry(item, f"layer {number}") for number, item in enumerate(listed, 1)]
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            raise FormatError(f"two layers are named {shown(entry.name)}, expected each name once")
        seen.add(entry.name)
    return entries


def read_entry(content: Any, where: str) -> Entry:
    """Reads a layer, or a model in place of a layer.

    Args:
        content: Its description.
        where: Its name in messages.

    Raises:
        FormatError: Keras does not describe layers so.
    """
    if not is_object(content):
        raise FormatError(f"{where}: received {shown(content)}, expected an object")
    class_name, config = content.get("class_name"), content.get("config")
    if class_name == SEQUENTIAL and is_list(config):  # Keras 2.0 to 2.2
        config = {"layers": config}
    if not isinstance(class_name, str) or not is_object(config):
        raise FormatError(
            f"{where}: expected a class_name and a config, which Keras writes for each",
            "choose a file that Keras wrote",
        )
    name = content.get("name") or config.get("name") or where.replace(" ", "_")
    module = content.get("module")
    inbound: Any = content.get("inbound_nodes") or []
    if not isinstance(name, str) or not is_list(inbound):
        raise FormatError(f"{where}: expected a name and a list of inbound_nodes")
    calls = tuple(_inbound(item, name) for item in inbound)
    return Entry(name, class_name, module if isinstance(module, str) else "", config, calls)


def _inbound(content: Any, name: str) -> Inbound:
    """Reads the arguments of a call, as Keras 3 or Keras 2 writes them."""
    if not is_object(content) or "args" not in content:
        return _old_inbound(content, name)
    arguments: Any = content["args"]
    named: Any = content.get("kwargs") or {}
    if not is_list(arguments) or not is_object(named):
        raise _wrong_inbound(name)
    return Inbound(
        tuple(_structure(argument, name) for argument in arguments),
        tuple((key, _structure(value, name)) for key, value in named.items()),
    )


def _structure(content: Any, name: str) -> Any:
    """Reads a structure of Keras 3; values that are not tensors stay as they are."""
    if is_list(content):
        return [_structure(inner, name) for inner in content]
    if not is_object(content):
        return content
    if is_described(content):
        return _described(content, name)
    return {key: _structure(value, name) for key, value in content.items()}


def _described(content: dict[str, Any], name: str) -> Any:
    """Reads a tensor, a tuple, or a value that holds neither."""
    if content["class_name"] == TENSOR:
        config = content.get("config")
        return _reference(config.get("keras_history") if is_object(config) else None, name)
    if content["class_name"] == TUPLE:
        return _structure(content.get("items"), name)
    inner = _structure([value for key, value in content.items() if key != "class_name"], name)
    if any(isinstance(leaf, Reference) for leaf in leaves(inner)):
        raise _wrong_inbound(name)
    return content


def _old_inbound(content: Any, name: str) -> Inbound:
    """Reads `[["conv", 0, 0, {}], …]`, `{"left": ["conv", 0, 0, {}]}` or `["conv", 0, 0, {}]`.

    Keras 2 repeats the other arguments after each tensor of the first one.
    """
    options: dict[str, Any] = {}
    first = _old_structure(content, name, options)
    given = {key: value for key, value in options.items() if value is not None}
    named = ((key, _old_structure(value, name, None)) for key, value in given.items())
    return Inbound((first,), tuple(named), old=True)


def _old_structure(content: Any, name: str, options: dict[str, Any] | None) -> Any:
    """Reads a structure of Keras 2.

    Args:
        content: As it is written.
        name: The layer's name.
        options: Collects what follows the tensors; None where nothing follows, and where other
            values than tensors may occur.
    """
    if _is_old_leaf(content) and (options is not None or type(content[1]) is int):
        extra: Any = content[3] if len(content) == 4 else {}
        if not is_object(extra):
            raise _wrong_inbound(name)
        if options is not None:
            options.update(extra)
        return content[2] if content[0] == CONSTANT else _reference(content[:3], name)
    if is_list(content):
        return [_old_structure(inner, name, options) for inner in content]
    if is_object(content):
        return {key: _old_structure(inner, name, options) for key, inner in content.items()}
    if options is not None:
        raise _wrong_inbound(name)
    return content


def _is_old_leaf(content: Any) -> TypeGuard[list[Any]]:
    return is_list(content) and len(content) in (3, 4) and isinstance(content[0], str)


def read_structure(content: Any, name: str) -> Any:
    """Reads a model's inputs or outputs: one reference, or a structure of them."""
    if is_list(content) and len(content) == 3 and isinstance(content[0], str):
        return _reference(content, name)
    if is_object(content) and content.get("class_name") == TUPLE:
        return read_structure(content.get("items"), name)
    if is_list(content) and content:
        return [read_structure(inner, name) for inner in content]
    if is_object(content) and content:
        return {key: read_structure(inner, name) for key, inner in content.items()}
    raise FormatError(f"the model {shown(name)} does not say what it reads and gives")


def _reference(content: Any, name: str) -> Reference:
    values = content if is_list(content) else []
    if len(values) != 3 or not isinstance(values[0], str):
        raise _wrong_inbound(name)
    if any(type(index) is not int or not 0 <= index <= MAX_NODES for index in values[1:]):
        raise _wrong_inbound(name)
    return Reference(values[0], values[1], values[2])


def _wrong_inbound(name: str) -> FormatError:
    return FormatError(
        f"the layer {shown(name)} does not say what it reads in the way that Keras does",
        "choose a file that Keras wrote",
    )


def input_shape(model: Entry, first: Entry) -> Any:
    """The shape of the input of a sequential model that has no layer for it."""
    config = first.config
    return (
        config.get("batch_shape")
        or config.get("batch_input_shape")
        or model.config.get("build_input_shape")
    )

"""The layers of a model as its configuration lists them, each with what it is called with.

Read are the forms in which Keras 3 and Keras 2 write them.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from builder.architecture import MAX_NODES
from builder.errors import FormatError, shown
from builder.importers.configuration import is_list, is_object

MODELS = {"Functional", "Model", "Sequential"}
INPUT = "InputLayer"
CONSTANT = "_CONSTANT_VALUE"
"""What stands in a layer's place where Keras 2 writes a value that is no tensor."""


class Reference(NamedTuple):
    """What is read: an output of a layer, at one of its calls."""

    layer: str
    node: int
    tensor: int


class Port(NamedTuple):
    """Stands for a tensor among a call's arguments: its place among the call's references."""

    place: int


class Inbound(NamedTuple):
    """What one call of a layer is given.

    Attributes:
        references: Every tensor, in order.
        constants: Other values, in order.
        options: Other values, by name.
        arguments: All arguments as the call has them, with a `Port` for each tensor.
        named: Those that are given by name.
    """

    references: tuple[Reference, ...]
    constants: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    arguments: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()


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
    """Reads a layer, or a model that stands in a layer's place.

    Args:
        content: Its description.
        where: What a message calls it.

    Raises:
        FormatError: Keras does not describe layers so.
    """
    if not is_object(content):
        raise FormatError(f"{where}: received {shown(content)}, expected an object")
    class_name, config = content.get("class_name"), content.get("config")
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
    """Reads what a call is given, as Keras 3 or Keras 2 writes it."""
    if is_object(content):
        constants: list[Any] = []
        references = list(_tensors(content.get("args"), name, constants))
        options: Any = content.get("kwargs") or {}
        if not is_object(options):
            raise _wrong_inbound(name)
        others: list[tuple[str, Any]] = []
        for key, value in options.items():
            inner: list[Any] = []
            found = list(_tensors(value, name, inner))
            references += found
            if not found and value is not None and key != "training":  # fit() and predict() set it
                others.append((key, value))
        ports = count()
        arguments = _with_ports(content.get("args"), ports)
        named = [(key, _with_ports(value, ports)) for key, value in options.items()]
        return Inbound(
            tuple(references),
            tuple(constants),
            tuple(others),
            tuple(arguments if is_list(arguments) else ()),
            tuple(named),
        )
    return _old_inbound(content, name)


def _tensors(content: Any, name: str, constants: list[Any]) -> Iterator[Reference]:
    if is_list(content):
        for item in content:
            yield from _tensors(item, name, constants)
    elif is_object(content) and content.get("class_name") == "__keras_tensor__":
        config = content.get("config")
        yield _reference(config.get("keras_history") if is_object(config) else None, name)
    elif content is not None:
        constants.append(content)


def _with_ports(content: Any, ports: Iterator[int]) -> Any:
    if is_list(content):
        return [_with_ports(item, ports) for item in content]
    if is_object(content) and content.get("class_name") == "__keras_tensor__":
        return Port(next(ports))
    return content


def _old_inbound(content: Any, name: str) -> Inbound:
    """Reads `[["conv", 0, 0, {}], …]`, or only `["conv", 0, 0, {}]`."""
    if not is_list(content):
        raise _wrong_inbound(name)
    alone = bool(content) and isinstance(content[0], str)
    references: list[Reference] = []
    options: dict[str, Any] = {}
    first: list[Any] = []
    for item in [content] if alone else content:
        if not is_list(item) or len(item) not in (3, 4):
            raise _wrong_inbound(name)
        if item[0] == CONSTANT:
            first.append(item[2])
        else:
            first.append(Port(len(references)))
            references.append(_reference(item[:3], name))
        extra: Any = item[3] if len(item) == 4 else {}
        if not is_object(extra):
            raise _wrong_inbound(name)
        options |= {key: value for key, value in extra.items() if value is not None}
    named: dict[str, Any] = {}
    for key, value in options.items():
        if is_list(value) and len(value) == 3 and isinstance(value[0], str):
            named[key] = Port(len(references))
            references.append(_reference(value, name))
        else:
            named[key] = value
    others = tuple((key, value) for key, value in named.items() if not isinstance(value, Port))
    arguments = (first[0],) if alone else (first,)
    return Inbound(tuple(references), (), others, arguments, tuple(named.items()))


def read_references(content: Any, name: str) -> list[Reference]:
    """Reads a model's inputs or outputs: one reference, or a nest of them."""
    if is_list(content) and len(content) == 3 and isinstance(content[0], str):
        return [_reference(content, name)]
    if is_list(content) or is_object(content):
        inner = content.values() if is_object(content) else content
        return [reference for item in inner for reference in read_references(item, name)]
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

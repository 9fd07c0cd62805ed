"""Structures of tensors: nested lists and dictionaries, as Keras walks them.

A Keras call may read `[a, {"left": b, "right": c}]`; Keras counts the tensors in one flat order:
lists from first to last, dictionaries by their sorted keys, in whatever order they are written. So
`{"right": c, "left": b}` is b, c, for the inputs and the outputs of a model.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from builder.importers.configuration import is_list, is_object


def is_described(value: Any) -> bool:
    """Whether a value is an object of Keras's, written as its class and settings."""
    return is_object(value) and isinstance(value.get("class_name"), str)


def leaves(structure: Any) -> Iterator[Any]:
    """The leaves of a structure, in Keras's order."""
    if is_list(structure):
        for inner in structure:
            yield from leaves(inner)
    elif is_object(structure) and not is_described(structure):
        for key in sorted(structure):
            yield from leaves(structure[key])
    else:
        yield structure


def replaced(structure: Any, replace: Callable[[Any], Any]) -> Any:
    """The same structure with each leaf replaced, in Keras's order."""
    if is_list(structure):
        return [replaced(inner, replace) for inner in structure]
    if is_object(structure) and not is_described(structure):
        made = {key: replaced(structure[key], replace) for key in sorted(structure)}
        return {key: made[key] for key in structure}
    return replace(structure)


def matched(given: Any, expected: Any, names: Sequence[str]) -> Mapping[str, Any] | None:
    """Assigns the arguments of a call to a model's inputs.

    Args:
        given: The arguments of the call, as a structure.
        expected: The structure of the model's inputs.
        names: The names of the inputs, in Keras's order.

    Returns:
        The argument for each name; None where the call gives too few or too many.
    """
    if is_object(given) and not is_object(expected):  # Keras goes by the names of the inputs
        single = not any(is_list(value) or is_object(value) for value in given.values())
        return given if single and set(given) == set(names) else None
    flat = list(leaves(given))
    if None in flat or len(flat) != len(names):
        return None
    return dict(zip(names, flat, strict=True))

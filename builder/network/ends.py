"""Edits of a network's inputs and outputs: their order and their keys.

A network takes its inputs as a list or a dictionary, and returns its outputs likewise. Keys matter
where a loss, a metric or a data set names an output or an input.
"""

from collections.abc import Sequence
from enum import StrEnum

from builder.network.architecture import MAX_INPUTS, Architecture, check_key
from builder.network.connections import takes_input
from builder.network.edit_codes import EditCode
from builder.network.inference import infer
from builder.network.naming import unique
from builder.network.placing import find
from builder.system.errors import EditError, FormatError


class Side(StrEnum):
    """The two sides of a network."""

    INPUTS = "inputs"
    OUTPUTS = "outputs"


def ends_of(architecture: Architecture, side: Side) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the network's inputs or outputs in order, and their keys; no keys for a list."""
    if side is Side.OUTPUTS:
        return architecture.output_ids, architecture.output_keys
    inference = infer(architecture)
    return inference.input_ids, inference.input_keys


def earlier(architecture: Architecture, side: Side, place: int) -> Architecture:
    """Swaps an input or output with the one before it.

    Raises:
        EditError: There is none at that place, or none before it.
    """
    ids, keys = map(list, ends_of(architecture, side))
    if not 0 < place < len(ids):
        raise EditError(EditCode.NOTHING_EARLIER, side=side, number=len(ids), place=place + 1)
    for values in (ids, keys) if keys else (ids,):
        values[place - 1], values[place] = values[place], values[place - 1]
    return _set(architecture, side, ids, keys)


def by_key(architecture: Architecture, side: Side, keyed: bool) -> Architecture:
    """Switches inputs or outputs to a dictionary, keyed by their nodes' names, or to a list.

    Raises:
        EditError: There are too many.
    """
    ids, _ = ends_of(architecture, side)
    keys: list[str] = []
    for node_id in ids if keyed else ():
        keys.append(unique(find(architecture, node_id).label, keys))
    return _set(architecture, side, ids, keys)


def rename_key(architecture: Architecture, side: Side, place: int, key: str) -> Architecture:
    """Gives an input or output another key.

    Raises:
        EditError: There is no key at that place, or the new one is taken or cannot be one.
    """
    ids, keys = ends_of(architecture, side)
    if not 0 <= place < len(keys):
        raise EditError(EditCode.NO_SUCH_KEY, side=side, number=len(keys), place=place + 1)
    return _set(architecture, side, ids, [*keys[:place], key, *keys[place + 1 :]])


def add_output(architecture: Architecture, node_id: str) -> Architecture:
    """Makes a node an output, after the others.

    Raises:
        EditError: There is no such node, or there are too many outputs.
    """
    label = find(architecture, node_id).label
    ids, keys = ends_of(architecture, Side.OUTPUTS)
    return set_outputs(architecture, [*ids, node_id], [*keys, unique(label, keys)] if keys else [])


def drop_output(architecture: Architecture, place: int) -> Architecture:
    """Removes an output from the network; its node stays.

    Raises:
        EditError: There is none at that place, or it is the only one.
    """
    ids, keys = ends_of(architecture, Side.OUTPUTS)
    if not 0 <= place < len(ids):
        side, number = Side.OUTPUTS, len(ids)
        raise EditError(EditCode.NO_SUCH_END, side=side, number=number, place=place + 1)
    behind = place + 1
    return set_outputs(architecture, [*ids[:place], *ids[behind:]], [*keys[:place], *keys[behind:]])


def _set(
    architecture: Architecture, side: Side, ids: Sequence[str], keys: Sequence[str]
) -> Architecture:
    change = set_outputs if side is Side.OUTPUTS else order_inputs
    return change(architecture, ids, keys)


def set_outputs(
    architecture: Architecture, outputs: Sequence[str], keys: Sequence[str] = ()
) -> Architecture:
    """Sets the network's outputs.

    Args:
        architecture: What is edited.
        outputs: The ids of the nodes, in order; an id may appear twice.
        keys: The key of each in a dictionary; empty for a list.

    Raises:
        EditError: There is no such node, there are too many, or keys are missing or alike.
    """
    if not outputs:
        raise EditError(EditCode.NO_OUTPUT_LEFT)
    for output in outputs:
        find(architecture, output)
    _check(outputs, keys, Side.OUTPUTS)
    alone = len(outputs) == 1 and outputs[0] == architecture.nodes[-1].id
    return architecture.with_outputs(() if alone and not keys else outputs, keys)


def order_inputs(
    architecture: Architecture, inputs: Sequence[str], keys: Sequence[str] = ()
) -> Architecture:
    """Puts the network's inputs in another order.

    Args:
        architecture: What is edited.
        inputs: The ids of Inputs, in order.
        keys: The key of each in a dictionary; empty for a list.

    Raises:
        EditError: One of them is no Input, there are too many, or keys are missing or alike.
    """
    for node_id in inputs:
        if takes_input(find(architecture, node_id).block):
            raise EditError(EditCode.NOT_AN_INPUT, node=node_id)
    _check(inputs, keys, Side.INPUTS)
    return architecture.with_inputs(inputs, keys)


def _check(ends: Sequence[str], keys: Sequence[str], side: Side) -> None:
    if len(ends) > MAX_INPUTS:
        raise EditError(EditCode.TOO_MANY_ENDS, side=side, number=len(ends), most=MAX_INPUTS)
    if not keys:
        return
    if len(keys) != len(ends):
        raise EditError(EditCode.MISSING_KEYS, side=side, number=len(ends), keys=len(keys))
    try:
        for key in keys:
            check_key(side, key)
    except FormatError as error:
        raise EditError(error.problem) from None
    again = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
    if again is not None:
        raise EditError(EditCode.KEY_TAKEN, side=side, key=again)

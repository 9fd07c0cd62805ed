"""Edits of what a network takes and gives: the order of its inputs and outputs, and their keys.

A network takes its inputs in a list or in a dictionary, and gives its outputs so. Keys matter where
a loss, a metric or a data set names an output or an input.
"""

from collections.abc import Sequence

from builder.architecture import MAX_INPUTS, Architecture, check_key
from builder.errors import EditError, FormatError
from builder.placing import find


def set_outputs(
    architecture: Architecture, outputs: Sequence[str], keys: Sequence[str] = ()
) -> Architecture:
    """Gives the network its outputs anew.

    Args:
        architecture: What is edited.
        outputs: The ids of the nodes, in order; the same one may be there twice.
        keys: The key of each in a dictionary; empty for a list.

    Raises:
        EditError: There is no such node, there are too many, or keys are missing or alike.
    """
    if not outputs:
        raise EditError("the network needs an output", "choose another one first")
    for output in outputs:
        find(architecture, output)
    _check(outputs, keys, "outputs")
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
        if find(architecture, node_id).block.max_inputs != 0:
            raise EditError(f"{node_id} is not an Input, so the network cannot begin with it")
    _check(inputs, keys, "inputs")
    return architecture.with_inputs(inputs, keys)


def _check(ends: Sequence[str], keys: Sequence[str], what: str) -> None:
    if len(ends) > MAX_INPUTS:
        raise EditError(f"received {len(ends)} {what}, expected at most {MAX_INPUTS}")
    if not keys:
        return
    if len(keys) != len(ends):
        raise EditError(f"received {len(keys)} keys for {len(ends)} {what}, expected one for each")
    try:
        for key in keys:
            check_key(what, key)
    except FormatError as error:
        raise EditError(error.message, error.fix) from None
    again = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
    if again is not None:
        raise EditError(f"two {what} have the key {again!r}", "choose another one")

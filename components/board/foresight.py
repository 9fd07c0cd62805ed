"""What a parameter's new value would change on a board, told before a person gives it.

The pointer rests on a field's `+` for a moment before it presses it, and a number is typed digit by
digit. Meanwhile the browser asks, and so shows what comes of it at once; see
`src/board/session/foresight.ts` in `components/frontend`.
"""

from dataclasses import replace
from typing import Any

from builder.network import edits
from builder.system.errors import ParameterError
from components.board.payload import Foreseen
from components.board.state import Shown


def foresee(now: Shown, version: int, node: str, parameter: str, value: Any) -> Foreseen:
    """Tells how nodes would look with another value; nothing is changed or saved.

    A value that the block refuses leaves all of them as they are. While a number is typed there are
    many such values: they are an answer, and no error for the browser to complain of.

    Args:
        now: What the board shows.
        version: The number of it.
        node: The id of a node.
        parameter: The name of one of its parameters.
        value: What it would be, as plain JSON.

    Raises:
        EditError: There is no such node.
        ParameterError: The block has no such parameter.
    """
    document = now.state.document
    try:
        edited = edits.set_parameters(document.architecture, node, {parameter: value})
    except ParameterError:
        if parameter not in document.architecture.by_id[node].block.values():
            raise
        return Foreseen(version=version, nodes=[])
    then = replace(now, state=replace(now.state, document=replace(document, architecture=edited)))
    known = {row["id"]: row for row in now.rows()}
    return Foreseen(version=version, nodes=[row for row in then.rows() if row != known[row["id"]]])

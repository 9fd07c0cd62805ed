"""What a parameter's new value would change on a board, told before a person gives it.

The pointer rests on a field's `+` for a moment before it presses it, and a number is typed digit by
digit. Meanwhile the browser asks, and so shows what comes of it at once; see
`src/board/session/foresight.ts` in `components/frontend`.
"""

from dataclasses import replace
from typing import Any

from builder.network import edits
from components.board.payload import Foreseen
from components.board.state import Shown


def foresee(now: Shown, version: int, node: str, parameter: str, value: Any) -> Foreseen:
    """Tells how nodes would look with another value; nothing is changed or saved.

    Args:
        now: What the board shows.
        version: The number of it.
        node: The id of a node.
        parameter: The name of one of its parameters.
        value: What it would be, as plain JSON.

    Raises:
        EditError: There is no such node.
        ParameterError: The block refuses the value.
    """
    document = now.state.document
    edited = edits.set_parameters(document.architecture, node, {parameter: value})
    then = replace(now, state=replace(now.state, document=replace(document, architecture=edited)))
    known = {row["id"]: row for row in now.rows()}
    return Foreseen(version=version, nodes=[row for row in then.rows() if row != known[row["id"]]])

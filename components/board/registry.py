"""The boards of this server by their ids, for the routes.

The session of a browser tab keeps its boards; here they are only looked up. A board is gone as soon
as nothing else holds it, so there is nothing to tidy up.
"""

from weakref import WeakValueDictionary

from components.board.session import Board

_boards: WeakValueDictionary[str, Board] = WeakValueDictionary()


def register(board: Board) -> None:
    """Lets the routes find a board for as long as something else holds it."""
    _boards[board.id] = board


def find(board_id: str) -> Board | None:
    """The board of an id; None where it is gone, or belongs to another start of the server."""
    return _boards.get(board_id)

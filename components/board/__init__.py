"""The board: what palette, stack and canvas show of one document in one browser tab.

A `Board` (`session`) is made by `components.state.board`, which keeps it in the session of the tab,
so that it goes when the tab has gone. It holds what is selected and unfolded, applies the browser's
operations, each once, and tells what has changed since a version that the browser has (`changes`).
The routes find it by its id (`registry`).

Start reading in `operation`: what a person can do; `operations/` holds one class for each. May
import the core and Starlette, nothing that draws.
"""

from components.board.ledger import Answer, Ledger
from components.board.log import Log, read_body
from components.board.operation import Operation
from components.board.operator import Edit, Operator
from components.board.session import Board
from components.board.state import Shown, View

__all__ = [
    "Answer",
    "Board",
    "Edit",
    "Ledger",
    "Log",
    "Operation",
    "Operator",
    "Shown",
    "View",
    "read_body",
]

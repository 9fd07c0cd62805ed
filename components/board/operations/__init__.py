"""The operations of the board, by what they are about; each is one class.

A new operation is a class in one of these files, or in a new file that is imported here, and what
sends it in the browser.
"""

from components.board.operations.adding import Add, AddOnEdge, Attach, Duplicate, Paste
from components.board.operations.arranging import Group, Move, Remove, Repeat
from components.board.operations.history import Redo, Undo
from components.board.operations.viewing import Open, Select
from components.board.operations.wiring import Connect, Disconnect, Redirect, SwapInputs

__all__ = [
    "Add",
    "AddOnEdge",
    "Attach",
    "Connect",
    "Disconnect",
    "Duplicate",
    "Group",
    "Move",
    "Open",
    "Paste",
    "Redirect",
    "Redo",
    "Remove",
    "Repeat",
    "Select",
    "SwapInputs",
    "Undo",
]

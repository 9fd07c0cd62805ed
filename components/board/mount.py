"""What Streamlit hands to the browser for a board: where it is found, and no more.

The browser asks the routes for the rest, so a script run has nothing to send after an edit. When
the board shows more than the page around it, the browser asks for a script run.
"""

from typing import Literal, TypedDict

from components.board.routes import board_url
from components.board.session import Board
from components.routes import gradients_url
from components.shell import theme_name


class BoardData(TypedDict):
    """Where a board is found; the addresses are relative to the page's own.

    `board` is its id, `drawn` the version of it that the page around it shows. `gradients` tells
    how strong the gradients of the latest training are. `theme` is used until the page's own colors
    can be read.
    """

    document: str
    board: str
    operations: str
    state: str
    events: str
    connections: str
    foresight: str
    gradients: str
    drawn: int
    theme: Literal["light", "dark"]


def board_data(board: Board, drawn: int) -> BoardData:
    """Tells a browser where a board is found.

    Args:
        board: The board.
        drawn: The version that the page around it shows, from before anything of it was drawn.
    """
    return BoardData(
        document=board.document,
        board=board.id,
        operations=board_url(board, "operations"),
        state=board_url(board, "state"),
        events=board_url(board, "events"),
        connections=board_url(board, "connections"),
        foresight=board_url(board, "foresight"),
        gradients=gradients_url(board.document),
        drawn=drawn,
        theme=theme_name(),
    )

"""The boards of a page that runs without a browser."""

from typing import Any

from streamlit.testing.v1 import AppTest

from builder.documents.session import Author
from components import state
from components.board import Board, Log
from components.board.registry import register

CLIENT = "0123abcd-client"


def board_of(at: AppTest, document: str) -> Board:
    """The board of a document in a tab; also where the page was not drawn yet."""
    if state.BOARDS not in at.session_state:
        at.session_state["cs-author"], at.session_state[state.BOARDS] = Author(), {}
    boards = at.session_state[state.BOARDS]
    if document not in boards:
        boards[document] = Board(state.workspace(), document, at.session_state["cs-author"])
        register(boards[document])
    return boards[document]


def log_for(board: Board, *operations: dict[str, Any], first: int = 1, client: str = CLIENT) -> Any:
    """What the browser sends to a board, as JSON: operations, numbered from `first` on."""
    numbered = [{"n": number, **op} for number, op in enumerate(operations, first)]
    return {"client": client, "document": board.document, "ledger": board.id, "ops": numbered}


def do(board: Board, *operations: dict[str, Any], first: int = 1, client: str = CLIENT) -> None:
    """Applies operations as a browser sends them."""
    board.apply(Log.model_validate(log_for(board, *operations, first=first, client=client)))

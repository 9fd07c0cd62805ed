"""The shared state of the pages: workspace, document, selection, unfolded parts.

The workspace belongs to the server, and every browser works on the same one. The document's id
stands in the address bar (`?doc=…`), so a reload or a second browser shows the same document. The
selection, and what is unfolded, belong to one browser tab: to its board of the document.
"""

from pathlib import Path

import streamlit as st

from builder.documents.session import Author
from builder.documents.workspace import Workspace
from builder.gallery import TEMPLATES
from builder.system.home import home
from components import navigation
from components.board import Board
from components.board.registry import register

PARAMETER = "doc"
"""The name of the query parameter that holds the document's id."""

FIRST_TEMPLATE = "small_residual"
"""The first document of a new data folder."""

BOARDS = "cs-boards"
"""Where a browser tab's session keeps its boards, by the documents' ids."""

MAX_BOARDS = 20
"""How many documents' boards one browser tab keeps, the latest."""

_DOCUMENT = "cs-document"
_NOTED = "cs-noted"


def workspace() -> Workspace:
    """The workspace of this server."""
    return _workspace(str(home()))


@st.cache_resource(show_spinner=False)
def _workspace(folder: str) -> Workspace:
    return Workspace(Path(folder))


def author() -> Author:
    """The author of edits: this browser page."""
    return st.session_state.setdefault("cs-author", Author())


def document_id() -> str:
    """Gives the id of the document to show, and puts it into the address bar.

    It is the one in the address bar, else the one shown before in this tab, else the one used
    last, else a new one. The one in the address bar may not exist: opening it says so.
    """
    asked = navigation.asked(PARAMETER)
    found = asked or _remembered() or _latest() or new_document()
    if found != asked:
        navigation.go(**{PARAMETER: found})
    if st.session_state.get(_NOTED) != found:
        workspace().note_opened(found)
        st.session_state[_NOTED] = found
    st.session_state[_DOCUMENT] = found
    return found


def show(document: str) -> None:
    """Goes to another document; takes effect when the page is drawn next."""
    navigation.go(**{PARAMETER: document})
    st.session_state[_DOCUMENT] = document


def leave() -> None:
    """Goes to the document used last."""
    st.session_state.pop(_DOCUMENT, None)
    navigation.go(**{PARAMETER: None})


def new_document() -> str:
    """Makes a document from the first template, and gives its id."""
    return workspace().create(TEMPLATES[FIRST_TEMPLATE].architecture)


def board(document: str) -> Board:
    """Gives the board of a document in this browser tab; a new one where there is none."""
    boards: dict[str, Board] = st.session_state.setdefault(BOARDS, {})
    found = boards.pop(document, None)
    if found is None:
        found = Board(workspace(), document, author())
        register(found)
    boards[document] = found  # the latest is last
    while len(boards) > MAX_BOARDS:
        del boards[next(iter(boards))]
    return found


def selection(document: str) -> str | None:
    """Gives the id of the node that is selected in a document; it may be gone meanwhile."""
    return board(document).view.selection


def select(document: str, node: str | None, others: tuple[str, ...] = ()) -> None:
    """Selects a node of a document, or nothing, and others beside it."""
    board(document).select(node, others)


def others(document: str) -> tuple[str, ...]:
    """Gives the ids of the nodes that are selected beside the one; some may be gone."""
    return board(document).view.others


def opened(document: str) -> tuple[str, ...]:
    """Gives what is unfolded in a document: keys of nodes and parts, some of them gone perhaps."""
    return board(document).view.opened


def unfold(document: str, keys: tuple[str, ...]) -> None:
    """Unfolds these nodes and parts of a document, and no others."""
    board(document).unfold(keys)


def _remembered() -> str | None:
    known = st.session_state.get(_DOCUMENT)
    return known if known and workspace().store.exists(known) else None


def _latest() -> str | None:
    return next((entry.id for entry in workspace().entries() if not entry.problem), None)

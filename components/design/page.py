"""The Design page, put together from its parts."""

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from builder.documents.session import DocumentState
from builder.network.inference import infer
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import forms, state
from components.board import Board
from components.board.component import draw_board
from components.design import (
    block_draft,
    block_draft_dialog,
    changes,
    compare_dialog,
    deleted,
    dialogs,
    document_bar,
    document_menu,
    group_dialog,
    inspector,
    library_dialog,
    replaced,
    scaling_dialog,
    several,
    status_line,
    upload_dialog,
    views,
    watch,
)
from components.shell import notice

HEIGHT = 560
"""Pixels of the board, until the page's style sheet is there."""
_SHEETS = ("design", "inspector", "document_bar", "dialogs")
"""The page's style sheets, later ones over earlier ones."""


def draw() -> None:
    """Draws the document as it is now."""
    st.html(f"<style>{_style_sheet()}</style>")
    forms.style()
    document = state.document_id()
    board = state.board(document)
    try:
        drawn = board.version()  # first: what changes from here on, the next run draws
        opened = state.workspace().open(document)
    except BuilderError as error:
        _draw_missing(document, error)
        watch.watch(document)
    else:
        _draw_document(opened, board, drawn)
    _tell(board)
    deleted.draw_offer()
    dialogs.draw()
    document_menu.draw_dialog(document)
    group_dialog.draw(document)
    block_draft_dialog.draw(document)
    library_dialog.draw(document)
    scaling_dialog.draw(document)
    compare_dialog.draw(document)
    upload_dialog.draw()
    changes.show_said()


def _tell(board: Board) -> None:
    """Shows what came of the person's operations apart from the network."""
    nodes = board.take_group()
    if nodes:
        group_dialog.ask(nodes)
    for message in board.take_messages():
        changes.say(message)


def _draw_document(opened: DocumentState, board: Board, drawn: int) -> None:
    document, architecture = opened.document.id, opened.architecture
    inference = infer(architecture)
    view = board.view.within(architecture)
    document_bar.draw(opened)
    block_draft.draw_strip(opened)
    with st.container(key="cs-board"):
        shown = views.shown()
        draw_board(board, drawn, key=views.BOARD, height=HEIGHT, views=views.NAMES, shown=shown)
        views.draw(opened, inference, shown)
        with st.container(key="cs-inspector"):
            together = {view.selection, *view.others}
            several_ids = tuple(node.id for node in architecture if node.id in together)
            if len(several_ids) > 1:
                several.draw(document, inference, several_ids)
            else:
                inspector.draw(document, inference, view.selection)
            # Last, so that it stands for all above it: until it is there, nothing can be typed.
            several_or_one = several_ids if len(several_ids) > 1 else (view.selection or "",)
            inspected = " ".join(sorted(several_or_one))
            st.html(f'<i hidden data-inspected="{escape(inspected)}"></i>')
            replaced.note_drawn(document, architecture)
    status_line.draw(opened, inference)


def _draw_missing(document: str, error: BuilderError) -> None:
    """Says that there is no such document; a deleted one can be restored."""
    document_bar.draw_without_document()
    if deleted.draw_restore(document):
        return
    why = deleted.why_not_opened(document, error)
    notice(Level.ERROR, why, "Open another document, or begin with a template.")
    st.button("Open the latest", key="cs-open-latest", on_click=state.leave, type="primary")


@cache
def _style_sheet() -> str:
    folder = Path(__file__).parent
    return "".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in _SHEETS)

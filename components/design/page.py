"""The Design page, put together from its parts."""

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from builder.documents.session import DocumentState
from builder.network.inference import infer
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import canvas, editor, forms, state
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
    scaling_dialog,
    several,
    tabs,
    upload_dialog,
    watch,
)
from components.design.labels import sentence
from components.design.operations import Operator, apply_operations
from components.design.stack_rows import editor_data
from components.shell import notice

EDITOR = "cs-editor"
CANVAS = "cs-canvas"
HEIGHT = 560


def draw() -> None:
    """Apply what the person did, then draw the document as it is now."""
    st.html(f"<style>{_style_sheet()}</style>")
    forms.style()
    document = state.document_id()
    try:
        ledger = st.session_state.setdefault("cs-ledger", editor.Ledger())
        _apply(document, ledger)
        opened = state.workspace().open(document)
    except BuilderError as error:
        _draw_missing(document, error)
    else:
        _draw_document(opened, ledger)
    watch.drawn(document)
    watch.watch(document)
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


def _apply(document: str, ledger: editor.Ledger) -> None:
    operator = Operator(
        state.workspace(),
        document,
        selection=state.selection(document),
        others=state.others(document),
        opened=state.opened(document),
        author=state.author(),
    )
    # Stack and canvas share one log in the browser; either may have sent the latest of it.
    logs = editor.read_log(EDITOR), canvas.read_log(CANVAS)
    if sum(apply_operations(operator, log, ledger) for log in logs):
        state.select(document, operator.selection, operator.others)
        state.unfold(document, operator.opened)
        if operator.to_group:
            group_dialog.ask(operator.to_group)
    for message in operator.messages:
        changes.say(message)


def _draw_document(opened: DocumentState, ledger: editor.Ledger) -> None:
    document, architecture = opened.document.id, opened.architecture
    inference = infer(architecture)
    selected, unfolded = state.selection(document), state.opened(document)
    if selected not in architecture:
        selected = None
    others = tuple(node for node in state.others(document) if node in architecture)
    document_bar.draw(opened)
    block_draft.draw_strip(opened)
    with st.container(key="cs-board"):
        answer = ledger.answer(document)
        with st.container(key="cs-stack"):
            data = editor_data(opened, selected, others, unfolded, answer)
            editor.editor(data, key=EDITOR, height=HEIGHT)
        with st.container(key="cs-graph"):
            blocks = data["palette"]
            graph = canvas.canvas_data(opened, selected, others, unfolded, blocks, answer)
            canvas.canvas(graph, key=CANVAS, height=HEIGHT)
        with st.container(key="cs-inspector"):
            together = {selected, *others}
            several_ids = tuple(node.id for node in architecture if node.id in together)
            if len(several_ids) > 1:
                several.draw(document, inference, several_ids)
            else:
                inspector.draw(document, inference, selected)
            # Last, so that it stands for all above it: until it is there, nothing can be typed.
            shown = " ".join(sorted(several_ids)) if len(several_ids) > 1 else selected or ""
            st.html(f'<i hidden data-inspected="{escape(shown)}"></i>')
    tabs.draw_totals(opened, inference)
    tabs.draw(opened, inference)


def _draw_missing(document: str, error: BuilderError) -> None:
    """Says that there is no such document; a deleted one can be restored."""
    document_bar.draw_without_document()
    if deleted.draw_restore(document):
        return
    notice(Level.ERROR, sentence(error.message), "Open another document, or begin with a template.")
    st.button("Open the latest", key="cs-open-latest", on_click=state.leave, type="primary")


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "design.css").read_text(encoding="utf-8")

"""The menu of a document's name: other documents to open, and actions for this one."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from builder.files.document_file import Document
from builder.files.entries import Entry
from builder.network import edits
from builder.system.distinct import distinct
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import state
from components.design import changes, deleted, dialogs
from components.design.labels import literal, sentence
from components.shell import format as fmt
from components.shell import notice

RENAME = "rename"
"""The name of the dialog that renames, as `dialogs.ask` takes it."""

_MENU = "cs-name"
_TITLE = "cs-rename-title"
_REFUSED = "cs-rename-refused"
"""Why the dialog refused a name: the error."""

_SHOWN = 10
"""How many documents the menu shows; the dialog has all."""


def draw(document: Document) -> None:
    """Draws the menu's button, and the menu where it is open."""
    menu = st.popover(literal(document.name), key=_MENU, on_change="rerun", help="Documents")
    if not menu.open:
        return
    with menu:
        with st.container(key="cs-documents", gap=None):
            entries = _entries(document)
            words = _words(entries)
            for entry in entries:
                _draw_entry(entry, words[entry.id], is_shown=entry.id == document.id)
            _item("All documents…", partial(dialogs.ask, "open"))
        with st.container(key="cs-document-actions", gap=None):
            _item("Rename…", ask_for_name)
            _item("Duplicate", partial(_duplicate, document.id))
            _item("Delete", partial(deleted.delete, document.id, document.name))


def ask_for_name() -> None:
    """Opens the dialog that renames when the page is drawn next."""
    st.session_state.pop(_REFUSED, None)
    dialogs.ask(RENAME)


def draw_dialog(document: str) -> None:
    """Draws the dialog that renames where it is open."""
    if dialogs.is_open(RENAME):
        _dialog(document)


@st.dialog("Rename", on_dismiss=dialogs.close)
def _dialog(document: str) -> None:
    dialogs.leave_when_done()
    name = state.workspace().open(document).document.name
    with st.form("cs-rename", border=False):
        st.text_input("Name", value=name, key=f"{_TITLE}:{document}")
        refused: BuilderError | None = st.session_state.get(_REFUSED)
        if refused is not None:
            notice(Level.ERROR, sentence(refused.message), sentence(refused.fix))
        st.form_submit_button("Rename", type="primary", on_click=_rename, args=(document,))


def _entries(document: Document) -> list[Entry]:
    """What was used last, the open document first."""
    entries = [entry for entry in state.workspace().entries() if not entry.problem]
    return sorted(entries, key=lambda entry: entry.id != document.id)[:_SHOWN]


def _words(entries: list[Entry]) -> dict[str, str]:
    return distinct(
        {entry.id: entry.name for entry in entries},
        {entry.id: (entry.id.rpartition("-")[2],) for entry in entries},
    )


def _draw_entry(entry: Entry, name: str, *, is_shown: bool) -> None:
    edited = f":gray[:small[{literal(fmt.ago(entry.updated))}]]"
    title = f"**{literal(name)}** :gray[:small[open here]]" if is_shown else literal(name)
    st.button(
        f"{title} {edited}" if not is_shown else title,
        key=f"cs-document-{entry.id}",
        type="tertiary",
        width="stretch",
        on_click=_choose,
        args=(partial(state.show, entry.id),),
    )


def _item(label: str, action: Callable[[], object]) -> None:
    st.button(
        label,
        key=f"cs-document-{label.rstrip('…').lower().replace(' ', '-')}",
        type="tertiary",
        width="stretch",
        on_click=_choose,
        args=(action,),
    )


def _choose(action: Callable[[], object]) -> None:
    st.session_state[_MENU] = False
    action()


def _duplicate(document: str) -> None:
    changes.attempt(lambda: state.show(state.workspace().duplicate(document)))


def _rename(document: str) -> None:
    name = st.session_state[f"{_TITLE}:{document}"]
    try:
        changes.apply(document, lambda a: edits.rename_architecture(a, name))
    except BuilderError as error:
        st.session_state[_REFUSED] = error
    else:
        dialogs.close()

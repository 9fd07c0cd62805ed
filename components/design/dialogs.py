"""The dialogs of the Design page: open and templates.

The session state holds which dialog is open, so it stays open when the page is redrawn.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape

import streamlit as st

from builder.files.entries import Entry
from builder.gallery import TEMPLATES, Template
from builder.network.inference import infer
from builder.system.distinct import distinct
from builder.system.errors import BuilderError
from components import state
from components.design import changes, deleted, markup
from components.design.labels import literal
from components.shell import empty_state
from components.shell import format as fmt

_OPEN = "cs-dialog"

_SHOWN = 50
"""Documents in the list; the search finds the others."""


def ask(name: str) -> None:
    """Opens a dialog when the page is drawn next."""
    st.session_state[_OPEN] = name


def is_open(name: str) -> bool:
    """Whether a dialog is open; for dialogs in their own files."""
    return st.session_state.get(_OPEN) == name


def close() -> None:
    """Closes the dialog that is open."""
    st.session_state.pop(_OPEN, None)


def draw() -> None:
    """Draws the dialog that is open, if any. Call it once, at the page's end."""
    dialog = {"open": _open, "templates": _templates}.get(st.session_state.get(_OPEN, ""))
    if dialog is not None:
        dialog()


def leave_when_done() -> None:
    """A choice in a dialog closes it: its callback has run, and the page must follow."""
    if _OPEN not in st.session_state:
        st.rerun()
    changes.show_said()


@st.dialog("Open", width="large", on_dismiss=close)
def _open() -> None:
    leave_when_done()
    entries, shown = state.workspace().entries(), state.document_id()
    words = _search("cs-open-search", "Search by name")
    found = _matching(entries, words)
    gone = _matching(state.workspace().deleted(), words)
    if not found:
        hint = "Try fewer letters." if entries else "Choose one of the templates to begin."
        hint = "Among the deleted documents there is a match." if words and gone else hint
        empty_state("Nothing found" if entries else "No documents yet", hint)
    with st.container(key="cs-open-list"):
        names = distinct(
            {entry.id: entry.name for entry in entries},
            {entry.id: (entry.id.rpartition("-")[2],) for entry in entries},
        )
        for entry in found[:_SHOWN]:
            _draw_entry(entry, names[entry.id], is_shown=entry.id == shown)
    if len(found) > _SHOWN:
        st.caption(f"{fmt.plural(len(found) - _SHOWN, 'more document')}: search to find them.")
    deleted.draw_list(gone, bool(words.strip()), close)


def _matching(entries: Sequence[Entry], words: str) -> list[Entry]:
    """The entries whose name contains the words, or whose whole id was entered."""
    return [entry for entry in entries if _holds(entry.name, words) or words.strip() == entry.id]


def _search(key: str, hint: str) -> str:
    """A search field that reacts while typing."""
    words = st.text_input(
        "Search",
        key=key,
        type="search",
        icon="",
        live=True,
        placeholder=hint,
        label_visibility="collapsed",
    )
    return words or ""


def _holds(text: str, words: str) -> bool:
    """Whether a text holds all of the words, in any order."""
    folded = text.casefold()
    return all(word in folded for word in words.casefold().split())


def _draw_entry(entry: Entry, name: str, *, is_shown: bool) -> None:
    with st.container(key=f"cs-entry-{entry.id}", horizontal=True, vertical_alignment="center"):
        if entry.problem:
            st.html(
                f'<div class="cs-damaged"><p><span class="cs-error"><span class="cs-sign" '
                f'role="img" aria-label="Damaged"></span></span>{escape(entry.name)}.json</p>'
                f"<small>{escape(entry.problem)}</small></div>"
            )
            st.html(f'<p class="cs-entry">{_when(entry)}</p>')
        else:
            st.button(
                literal(name),
                key=f"cs-open-{entry.id}",
                type="tertiary",
                width="stretch",
                on_click=_go,
                args=(entry.id,),
            )
            mark = "<b>open here</b>" if is_shown else ""
            facts = _facts(entry.id, entry.updated)
            st.html(f'<p class="cs-entry"><span>{mark}</span>{facts}{_when(entry)}</p>')


def _when(entry: Entry) -> str:
    opened = f"; opened {fmt.ago(entry.opened)}" if entry.opened else ""
    title = escape(f"Edited {entry.updated}{opened}")
    return f'<small class="cs-when" title="{title}">edited {fmt.ago(entry.updated)}</small>'


@lru_cache(maxsize=1_024)
def _facts(document: str, updated: str) -> str:
    """What distinguishes a document from others with its name, as HTML; cached by `updated`."""
    try:
        inference = infer(state.workspace().store.load(document).architecture)
    except BuilderError:  # deleted or damaged since the list was read
        return ""
    ends = (inference.input_shapes, inference.output_shapes)
    flow = " → ".join(" + ".join(map(fmt.shape, shapes)) for shapes in ends if shapes)
    so_far = "" if inference.ok else " so far"
    return (
        f"<span>{flow}</span>"
        f"<span>{fmt.plural(len(inference.architecture.nodes), 'block')}</span>"
        f"<span>{fmt.count(inference.total_params)} params{so_far}</span>"
    )


def _go(document: str) -> None:
    state.show(document)
    close()


@st.dialog("Templates", width="large", on_dismiss=close)
def _templates() -> None:
    leave_when_done()
    words = _search("cs-templates-search", "Search by name, idea or paper")
    ranks = {place: _rank(template, words) for place, template in enumerate(TEMPLATES.values())}
    found = sorted((place for place, rank in ranks.items() if rank), key=lambda p: ranks[p])
    st.html(_show_found(found))
    with st.container(key="cs-gallery"):
        for template in TEMPLATES.values():
            _draw_template(template)
    if not found:
        empty_state("Nothing found", "Try fewer letters.")


def _rank(template: Template, words: str) -> int:
    """How well a template answers a search: 1 for its very name, then 2, 3, 4; 0 for not at all."""
    names = f"{template.title} {template.name}"
    wanted = words.strip().casefold()
    if wanted in (template.title.casefold(), template.name.casefold()):
        return 1
    if template.title.casefold().startswith(wanted):
        return 2
    if _holds(names, words):
        return 3
    return 4 if _holds(f"{names} {template.lesson} {template.reference}", words) else 0


def _show_found(found: list[int]) -> str:
    """Says how many were found, and shows only these, the best first.

    Each template's card keeps its place in the page. If only the found ones were drawn, one would
    replace another piece by piece, and a press in that moment would open a different network than
    the card says.
    """
    places = {place: f"order: {order}" for order, place in enumerate(found)}
    rules = "".join(
        f".st-key-cs-gallery > :nth-child({place + 1}) {{ {places.get(place, 'display: none')} }}"
        for place in range(len(TEMPLATES))
    )
    number = f"{len(found)} of {fmt.plural(len(TEMPLATES), 'template')}"
    return f'<p class="cs-found" role="status">{number}</p><style>{rules}</style>'


def _draw_template(template: Template) -> None:
    with st.container(key=f"cs-template-{template.name}", border=True):
        st.html(_card(template.name))
        st.button(
            "Open",
            key=f"cs-use-{template.name}",
            on_click=_use_template,
            args=(template,),
            help=f"Open {template.title} as a new document",
        )


@cache
def _card(name: str) -> str:
    """A template's card; cached, since a large network takes a moment."""
    template = TEMPLATES[name]
    inference = infer(template.architecture)
    sizes = [fmt.shape(shape) for shape in (*inference.input_shapes, *inference.output_shapes)]
    facts = (
        f"<b>{fmt.count(template.total_params)}</b> params",
        f"<b>{fmt.quantity(inference.macs, '').strip()}</b> MACs",
        f"<b>{inference.num_layers}</b> layers",
    )
    return (
        f'<p class="cs-title">{escape(template.title)}</p>'
        f'<p class="cs-flow">{" → ".join(sizes)}</p>{markup.profile(template.architecture)}'
        f'<p class="cs-lesson">{escape(template.lesson)}</p>'
        f'<p class="cs-facts">{"".join(f"<span>{fact}</span>" for fact in facts)}</p>'
        f'<p class="cs-reference">{escape(template.reference)}</p>'
    )


def _use_template(template: Template) -> None:
    if changes.attempt(lambda: state.show(state.workspace().create(template.architecture))):
        close()

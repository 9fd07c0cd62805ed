"""The dialog that compares the network with another one, without a training."""

from functools import cache
from pathlib import Path

import streamlit as st

from builder.gallery import TEMPLATES
from builder.network.architecture import Architecture
from builder.network.comparison import compare
from builder.network.inference import infer
from builder.runs.trained_network import trained_network
from builder.system.distinct import distinct
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import state
from components.design import comparison_table, dialogs
from components.design.labels import sentence
from components.offers import Offer, draw_link
from components.runs import registry, words
from components.shell import empty_state, notice

NAME = "compare"
"""The dialog's name, as `dialogs.ask` takes it."""

MAX_RUNS = 300
"""How many of the newest can be chosen."""

Choice = tuple[str, str]
"""`document`, `template` or `run`, and its id."""


def ask() -> None:
    """Opens the dialog when the page is drawn next."""
    dialogs.ask(NAME)


def draw(document: str) -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        _dialog(document)


@st.dialog("Compare with another network", width="large", on_dismiss=dialogs.close)
def _dialog(document: str) -> None:
    dialogs.leave_when_done()
    st.html(f"<style>{style_sheet()}</style>")
    choices = _choices(document)
    with st.container(key="cs-comparing", horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Compare with",
            list(choices),
            index=None,
            placeholder="A document, a template or a run",
            format_func=lambda choice: choices.get(choice, ""),
            key="cs-compare-with",
            width=420,
        )
        only = st.toggle("Only what differs", key="cs-compare-only")
    if chosen is None:
        empty_state("Nothing chosen", "Choose the network that this one is put beside.")
        return
    try:
        own = state.workspace().open(document).architecture
        other = _load(chosen)
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix) or "Choose another one.")
        return
    _draw(own, other, choices[chosen], only_different=only)


def _draw(own: Architecture, other: Architecture, title: str, *, only_different: bool) -> None:
    inferences = infer(own), infer(other)
    found = compare(*inferences)
    names = (f"{own.name} (this one)", title)
    st.html(comparison_table.to_html(found, names, only_different=only_different))
    text = comparison_table.to_csv(found, names)
    draw_link("Save as CSV", text, Offer("networks.csv", "text/csv", lambda: text))
    for name, inference in zip(names, inferences, strict=True):
        if not inference.ok:
            notice(Level.INFO, f"{name} has problems: its figures are not known as a whole.")


def _choices(document: str) -> dict[Choice, str]:
    """The choices with their names: documents, templates, then the newest runs."""
    entries = [
        entry for entry in state.workspace().entries() if not entry.problem and entry.id != document
    ]
    names = distinct(
        {entry.id: entry.name for entry in entries},
        {entry.id: (entry.id.rpartition("-")[2],) for entry in entries},
    )
    found: dict[Choice, str] = {
        ("document", entry.id): f"Document: {names[entry.id]}" for entry in entries
    }
    found |= {("template", name): f"Template: {one.title}" for name, one in TEMPLATES.items()}
    for known in registry.overviews()[:MAX_RUNS]:
        run = known.run
        moment = words.moment(words.created(run))
        found["run", run.id] = f"Run: {run.name}, {moment}, {run.id[-4:]}"
    return found


def _load(choice: Choice) -> Architecture:
    """The network that was chosen.

    Raises:
        BuilderError: It is gone or damaged.
    """
    kind, name = choice
    if kind == "template":
        return TEMPLATES[name].architecture
    if kind == "document":
        return state.workspace().store.load(name).architecture
    run = next((known.run for known in registry.overviews() if known.run.id == name), None)
    if run is None:
        raise BuilderError("this run is no longer there")
    return trained_network(run.folder)


@cache
def style_sheet() -> str:
    """The style sheet of two networks side by side."""
    return (Path(__file__).parent / "compare.css").read_text(encoding="utf-8")

"""A person's note about a run, written beside the run."""

from functools import partial

import streamlit as st

from builder.runs.notes import MAX_LENGTH, read_note, write_note
from builder.runs.run_folder import Run
from components import forms
from components.design.changes import attempting


def draw(run: Run) -> None:
    """Draws the field of a run's note."""
    note = read_note(run.folder)
    widget = forms.widget_key(f"cs-note-{run.id}", lambda shown: shown == note)
    st.text_input(
        "Note",
        note,
        key=widget,
        max_chars=MAX_LENGTH,
        placeholder="Note; words with a # are tags, by which the Runs page filters",
        label_visibility="collapsed",
        on_change=attempting(forms.callback(widget, partial(write_note, run.folder))),
    )

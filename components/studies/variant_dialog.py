"""The dialog of one variant: what differs from the base, its runs, and the way to a document."""

from dataclasses import replace
from functools import lru_cache
from html import escape

import streamlit as st

from builder.network.comparison import compare
from builder.network.inference import infer
from builder.studies.naming import variant_name
from builder.studies.outcome import VariantOutcome
from builder.studies.study import Study
from builder.studies.variants import BASE, Variant
from builder.studies.wording import value_words
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import state
from components.design import changes, compare_dialog, comparison_table
from components.design.labels import literal, sentence
from components.runs import registry
from components.runs.words import STATES
from components.shell import notice
from components.studies.reading import Reading, read

_OPEN = "cs-study-variant"


def ask(study_id: str, key: str) -> None:
    """Opens the dialog when the page is drawn next."""
    st.session_state[_OPEN] = (study_id, key)


def draw(study_id: str) -> None:
    """Draws the dialog where it is open."""
    asked = st.session_state.get(_OPEN)
    if asked is None or asked[0] != study_id:
        return
    try:
        reading = read(study_id)
    except BuilderError:  # it was deleted meanwhile; the page says so
        return
    if any(variant.key == asked[1] for variant in reading.study.variants):
        _dialog(reading, asked[1])


def _close() -> None:
    st.session_state.pop(_OPEN, None)


@st.dialog("Variant", width="large", on_dismiss=_close)
def _dialog(reading: Reading, key: str) -> None:
    changes.show_said()
    st.html(f"<style>{compare_dialog.style_sheet()}</style>")
    study = reading.study
    variant = next(each for each in study.variants if each.key == key)
    st.html(f'<h3 class="cs-variant-title">{escape(variant.title)}</h3>')
    row = reading.known.variants.get(key) if reading.known else None
    if row is not None and row.problem:
        notice(Level.INFO, sentence(row.obstacle))
    if variant.architecture is None:
        return
    _draw_settings(study, variant)
    if row is not None:
        _draw_runs(reading, row)
    if key != BASE:
        names = (f"{study.architecture.name} (base)", variant.title)
        st.html(_difference(reading, key, names))
    pressed = st.button(
        "Open as a document",
        key="cs-variant-open",
        type="primary",
        help="A new document with this network and these training settings",
    )
    if pressed:
        _open(study, variant)


def _draw_settings(study: Study, variant: Variant) -> None:
    """Lists the settings that differ from the base's."""
    before, after = study.settings.values(), variant.settings.values()
    told = [f"{name} {after[name]}" for name in after if after[name] != before[name]]
    if told:
        st.html(f"<p>Trained with another {escape(', '.join(told))}.</p>")


def _draw_runs(reading: Reading, row: VariantOutcome) -> None:
    """Draws a link to each of its runs; one that was deleted has only its result."""
    if not row.runs:
        return
    study, deleted = reading.study, {each.run for each in reading.deleted}
    with st.container(key="cs-variant-runs", horizontal=True, gap="small"):
        for seed, run in row.runs.items():
            value = value_words(run.value, study.objective) or STATES[run.state]
            if run.run in deleted:
                told = f"seed {seed}: {escape(value)}, deleted"
                st.html(f'<p class="cs-deleted-run">{told}</p>', width="content")
                continue
            st.page_link(
                registry.TRAIN_PAGE,
                label=literal(f"seed {seed}: {value}"),
                help="Its curves, results and log",
                query_params=registry.address(run.run, study.document_id),
            )


@lru_cache(maxsize=16)
def _difference(reading: Reading, key: str, names: tuple[str, str]) -> str:
    """The base and the variant side by side, what differs marked."""
    variant = next(each for each in reading.study.variants if each.key == key)
    assert variant.architecture is not None
    found = compare(infer(reading.study.architecture), infer(variant.architecture))
    return comparison_table.to_html(found, names, only_different=True)


def _open(study: Study, variant: Variant) -> None:
    """Makes a document of the variant, and goes there."""
    assert variant.architecture is not None
    name = variant_name(study.architecture.name, variant.title)
    architecture = replace(variant.architecture, name=name)
    made: list[str] = []

    def create() -> None:
        made.append(state.workspace().create(architecture))
        state.workspace().set_training(made[0], variant.settings.values())

    if changes.attempt(create):
        _close()
        st.switch_page(registry.DESIGN_PAGE, query_params={state.PARAMETER: made[0]})

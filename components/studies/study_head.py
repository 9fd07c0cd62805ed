"""The head of a study's page: the question, how the study stands, and what can be done with it."""

from functools import partial
from html import escape

import streamlit as st

from builder.actions import studies as actions
from builder.studies.report import to_csv, to_html, to_json
from builder.studies.strategies import MAX_TRIALS
from builder.studies.study import MAX_SEEDS, Study
from builder.studies.variant_table import variants_to_csv
from builder.studies.wording import objective_words
from builder.system.level import Level
from components import deleted_offer, state
from components.design.changes import attempting
from components.offers import Offer, draw_link
from components.runs import registry
from components.runs.words import settings_line
from components.shell import Fact, facts
from components.shell import format as fmt
from components.studies import questions
from components.studies.reading import Reading
from components.studies.standing import Shown, shown_of

_LEVELS = {"good": Level.GOOD, "error": Level.ERROR}


def draw(reading: Reading) -> None:
    """Draws the head."""
    shown = shown_of(reading.study, reading.known)
    with st.container(key="cs-study-head", horizontal=True, vertical_alignment="center"):
        st.html(_title(reading.study))
        _draw_actions(reading, shown)
    _draw_standing(shown)


def _title(study: Study) -> str:
    seeds = fmt.plural(len(study.seeds), "seed")
    parts = (settings_line(study.settings), seeds, f"by {objective_words(study.objective)}")
    return (
        f'<div class="cs-study-question"><h3>{escape(questions.QUESTIONS[study.question])} '
        f"<span>{escape(study.architecture.name)}</span></h3>"
        f"<p>{escape(' · '.join(parts))}</p></div>"
    )


def _draw_standing(shown: Shown) -> None:
    items = [Fact(shown.words, "", level=_LEVELS.get(shown.level))]
    items += [Fact(f"{shown.ended:,} of {shown.planned:,}", "trainings done")]
    items += [Fact(fmt.count(shown.running), "running")] if shown.running else []
    items += [Fact(fmt.count(shown.waiting), "waiting")] if shown.waiting else []
    if shown.seconds_left:
        items += [Fact(fmt.duration(shown.seconds_left), "left")]
    with st.container(key="cs-study-standing"):
        facts(items)
        share = 100 * shown.ended / shown.planned if shown.planned else 0
        bar = f'<div class="cs-study-bar"><i style="width:{share:.1f}%"></i></div>'
        st.html(bar if shown.is_conducted else "<div></div>")


def _draw_actions(reading: Reading, shown: Shown) -> None:
    study = reading.study
    if shown.is_conducted:
        st.button(
            "Pause",
            key="cs-study-pause",
            help="After this batch; it goes on exactly there",
            on_click=attempting(partial(actions.end, study, pause=True)),
        )
        st.button(
            "Stop",
            key="cs-study-stop",
            help="After this batch; what is trained already stays",
            on_click=attempting(actions.end, study),
        )
    elif shown.ended < shown.planned:
        st.button(
            "Resume",
            key="cs-study-resume",
            type="primary",
            on_click=attempting(actions.go_on, study),
        )
    _draw_more(study)
    _draw_save(reading)
    if state.workspace().store.exists(study.document_id):
        st.page_link(
            registry.DESIGN_PAGE,
            label="Network",
            help="Open the document that the study is about",
            query_params={state.PARAMETER: study.document_id},
        )
    if not shown.is_conducted:
        draw_delete(study.id, study.title)


def draw_delete(study_id: str, title: str) -> None:
    """Draws how a study that stands still is deleted."""
    if st.button("Delete", key="cs-study-delete", help="The study and its runs; it can be undone"):
        if deleted_offer.delete("study", [(study_id, title)]):
            st.switch_page(registry.STUDIES_PAGE)
        st.rerun()


def _draw_more(study: Study) -> None:
    """Draws how a study gets more seeds; a search more fresh ones, and more candidates."""
    if not study.is_search:
        about = "More seeds narrow the intervals. All variants are trained with each."
        _draw_adding("seeds", about, study, len(study.seeds), MAX_SEEDS, usual=4)
        return
    fresh, trials = study.search.fresh_seeds, study.search.trials
    about = "The base and the winners are trained with each; more narrow the intervals."
    _draw_adding("seeds", about, study, fresh, MAX_SEEDS, usual=4)
    about = "The search goes on from what it knows; its winner may become another one."
    _draw_adding("trials", about, study, trials, MAX_TRIALS, usual=10)


def _draw_adding(what: str, about: str, study: Study, has: int, most: int, usual: int) -> None:
    """Draws the popover that adds seeds or candidates.

    Args:
        what: `seeds` or `trials`.
        about: What adding them does.
        study: The study.
        has: How many it has.
        most: How many it may have.
        usual: How many are added unless another number is chosen.
    """
    word = "seeds" if what == "seeds" else "candidates"
    room = most - has
    with st.popover(f"More {word}", key=f"cs-study-{what}-{has}"):
        st.html(f"<p>{about}</p>")
        number = st.number_input(
            f"{word} to add",
            min_value=1,
            max_value=max(1, room),
            value=min(usual, max(1, room)),
            key=f"cs-study-more-{what}-{has}",
        )
        st.button(
            "Add and train",
            key=f"cs-study-add-{what}",
            type="primary",
            disabled=room < 1,
            on_click=attempting(partial(actions.go_on, study, **{f"more_{what}": int(number)})),
        )


def _draw_save(reading: Reading) -> None:
    study, known = reading.study, reading.known
    if known is None:
        return
    with st.popover("Save", key="cs-study-save"), st.container(key="cs-study-files"):
        for label, ending, media_type, write in (
            ("Report (HTML)", ".html", "text/html", to_html),
            ("Variants (CSV)", "-variants.csv", "text/csv", variants_to_csv),
            ("Trainings (CSV)", "-trainings.csv", "text/csv", to_csv),
            ("Everything (JSON)", ".json", "application/json", to_json),
        ):
            made = Offer(f"{study.id}{ending}", media_type, partial(write, study, known))
            draw_link(label, reading, made)

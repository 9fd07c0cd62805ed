"""What a study's page says of its trainings that were deleted, and how they come back."""

from functools import partial

import streamlit as st

from builder.actions import studies as actions
from builder.actions import trash
from builder.studies.deleted import DeletedTraining, deleted_words
from builder.system.home import home
from builder.system.level import Level
from components.design.changes import attempt, attempting
from components.shell import notice
from components.studies.reading import Reading
from components.trash import contents


def draw(reading: Reading, *, is_conducted: bool) -> None:
    """Draws which trainings were deleted, what that means for the answer, and what can be done.

    Args:
        reading: The study.
        is_conducted: Whether its process lives, which must end before a training is trained again.
    """
    gone = reading.deleted
    if not gone:
        return
    in_trash = {item.id for item in contents("run")}
    restorable = tuple(each for each in gone if each.run in in_trash)
    with st.container(key="cs-study-deleted"):
        for told in deleted_words(gone):
            notice(Level.INFO, told)
        with st.container(key="cs-study-deleted-ways", horizontal=True, gap="small"):
            if restorable:
                st.button("Restore", key="cs-study-restore", on_click=_restore, args=(restorable,))
            if not is_conducted:
                st.button(
                    "Train again",
                    key="cs-study-again",
                    help="Trains what was deleted once more, with the same seeds",
                    on_click=attempting(partial(actions.go_on, reading.study, deleted_too=True)),
                )


def _restore(gone: tuple[DeletedTraining, ...]) -> None:
    for each in gone:
        attempt(partial(trash.restore, home(), "run", each.run))

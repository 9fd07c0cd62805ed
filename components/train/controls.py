"""The controls of a run: pause, stop, resume, change, and order the queue."""

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from builder.actions import training
from builder.actions.training import Ending
from builder.runs.run_folder import Run, current_settings
from builder.runs.status import RunStatus
from builder.scheduler import launcher, queue
from builder.scheduler.resuming import has_checkpoint, may_go_on
from builder.system.devices import Device
from builder.system.errors import BuilderError
from builder.system.home import home
from builder.system.level import Level
from builder.training.settings import LOCAL
from components.design.changes import attempting, say, show_said
from components.design.labels import literal
from components.runs import registry, words
from components.shell import format as fmt
from components.shell import notice

_ASKED = "cs-asked-to-end"
_TOO_LITTLE = "cs-too-little-memory"
_SMALLER = "Start a new run with a smaller batch_size."
_LISTEN_SECONDS = 3.0
_MORE_EPOCHS = 5
"""The default number of epochs for continuing a finished run."""


def draw_active(run: Run) -> None:
    """Draws Pause and Stop; after a press, a way out if it takes long."""
    if queue.is_waiting(run):
        st.button(
            "Leave the queue",
            key="cs-leave",
            help="Takes it out of the queue; it can be started later",
            on_click=attempting(queue.take_out, home(), run),
        )
        return
    asked = st.session_state.get(_ASKED) == (run.id, run.state.session)
    if run.state.state in (RunStatus.PAUSING, RunStatus.STOPPING) or asked:
        st.button(
            "End at once",
            key="cs-kill",
            help="Does not wait for the checkpoint: what came after the last one is lost",
            on_click=attempting(partial(training.end, home(), run, at_once=True)),
        )
        return
    st.button(
        "Pause",
        key="cs-pause",
        help="Ends after this batch and keeps a checkpoint, from which it goes on exactly there",
        on_click=attempting(partial(_ask, run, pause=True)),
    )
    st.button(
        "Stop",
        key="cs-stop",
        help="Ends after this batch and keeps a checkpoint, the curves and the log",
        on_click=attempting(partial(_ask, run, pause=False)),
    )


@st.fragment(run_every=_LISTEN_SECONDS)
def draw_deaf(run: Run) -> None:
    """Says that a suspended process cannot react, and what to do."""
    show_said()
    pid = launcher.suspended_pid(run)
    if pid is None:
        return
    notice(
        Level.WARNING,
        "The process of this training is suspended: it neither trains nor hears Pause and Stop.",
        f"In a terminal, kill -CONT {pid} lets it go on.",
    )
    st.button(
        "End at once",
        key="cs-kill-suspended",
        help="What came after the last checkpoint is lost",
        on_click=attempting(partial(training.end, home(), run, at_once=True)),
    )


def draw_standing(run: Run, devices: Sequence[Device]) -> None:
    """Draws the actions for a run that stands still: Resume, more epochs, a learning rate."""
    settings = current_settings(run)
    if settings is None or not may_go_on(run) or queue.is_waiting(run):
        return
    finished = run.state.state == RunStatus.FINISHED
    # Another session has other defaults, so that what was typed for the last one is not kept.
    key = f"{run.id}:{run.state.session}:{run.state.state}"
    with st.container(key="cs-go-on", horizontal=True, vertical_alignment="bottom"):
        more = st.number_input(
            "more epochs",
            min_value=1 if finished else 0,
            max_value=10_000,
            value=_MORE_EPOCHS if finished else 0,
            key=f"cs-more-epochs:{key}",
            help="On top of those that were asked for",
            width=120,
        )
        st.text_input(
            "learning rate",
            value=f"{settings.learning_rate:g}",
            key=f"cs-rate:{key}",
            help=words.RATE_HELP[settings.schedule.name == "Constant"],
            width=130,
        )
        st.button(
            _name(run, int(more)),
            key="cs-resume",
            type="secondary" if finished else "primary",
            on_click=attempting(partial(_resume, run, devices, key)),
        )
        if not settings.is_local:
            st.button(
                "Resume here" if has_checkpoint(run) else "Start here",
                key="cs-resume-here",
                type="tertiary",
                help=f"On this machine; it ran on the Ray cluster at {settings.run_on}",
                on_click=attempting(partial(_resume, run, devices, key, run_on=LOCAL)),
            )
        st.html(f'<p class="cs-standing">{escape(_from_where(run))}</p>')
    _draw_too_little(run, devices, key)


def _draw_too_little(run: Run, devices: Sequence[Device], key: str) -> None:
    """Says that a run was not resumed for lack of memory, and lets a person insist."""
    asked, finding, run_on = st.session_state.get(_TOO_LITTLE, ("", None, None))
    if asked != key or finding is None:
        return
    with st.container(key="cs-too-little"):
        notice(Level.ERROR, finding.message, _SMALLER if finding.fix else "")
        st.button(
            "Resume anyway",
            key="cs-resume-anyway",
            type="tertiary",
            help="The need is an estimate. Where it is right, the system ends the training, or "
            "something else, when its memory runs out.",
            on_click=attempting(partial(_resume, run, devices, key, force=True, run_on=run_on)),
        )


def draw_queue(runs: Sequence[Run], shown: Run | None) -> None:
    """Draws the runs that wait, in their order, each with its ways to move.

    Args:
        runs: All runs.
        shown: The run that is shown beside.
    """
    waiting = queue.waiting(runs)
    if not waiting:
        return
    with st.container(key="cs-queue"):
        st.html(f"<h4>Queue <small>{fmt.plural(len(waiting), 'run')}</small></h4>")
        for place, run in enumerate(waiting, 1):
            _draw_place(run, place, len(waiting), shown is not None and shown.id == run.id)


def _draw_place(run: Run, place: int, last: int, shown: bool) -> None:
    with st.container(key=f"cs-place-{place}", horizontal=True, vertical_alignment="center"):
        about = words.settings_line(run.settings, with_data=False) if run.settings else ""
        st.button(
            literal(f"{place}. {run.name}{_length(run)}"),
            key=f"cs-waits-{run.id}",
            type="tertiary",
            width="stretch",
            help=literal(about),
            disabled=shown,
            on_click=registry.show_run,
            args=(run.id,),
        )
        for sign, name, places, disabled in (
            ("↑", "Earlier", -1, place == 1),
            ("↓", "Later", 1, place == last),
        ):
            st.button(
                sign,
                key=f"cs-{name.lower()}-{run.id}",
                help=name,
                type="tertiary",
                disabled=disabled,
                on_click=attempting(queue.move, home(), run.id, places),
            )
        st.button(
            "✕",
            key=f"cs-out-{run.id}",
            help="Take it out of the queue",
            type="tertiary",
            on_click=attempting(queue.take_out, home(), run),
        )


def _length(run: Run) -> str:
    settings = current_settings(run)
    return f", {fmt.plural(settings.epochs, 'epoch')}" if settings else ""


def _ask(run: Run, *, pause: bool) -> None:
    if training.end(home(), run, pause=pause) is Ending.NOT_ACTIVE:
        say("this training has ended already")
    else:
        st.session_state[_ASKED] = (run.id, run.state.session)


def _resume(
    run: Run,
    devices: Sequence[Device],
    key: str,
    *,
    force: bool = False,
    run_on: str | None = None,
) -> None:
    # What stands in the fields now: a press may come before the page has drawn what was typed last.
    more = int(st.session_state[f"cs-more-epochs:{key}"])
    rate = str(st.session_state[f"cs-rate:{key}"])
    try:
        learning_rate = float(rate)
    except ValueError:
        raise BuilderError(
            f"learning_rate: received {rate!r}, expected a number", "type one such as 0.0005"
        ) from None
    resumption = training.resume(
        home(),
        run,
        devices,
        more_epochs=more,
        learning_rate=learning_rate,
        run_on=run_on,
        force=force,
    )
    st.session_state[_TOO_LITTLE] = (key, resumption.obstacle, run_on)
    if resumption.obstacle is None:
        registry.show_run(run.id)


def _name(run: Run, more: int) -> str:
    if run.state.state == RunStatus.FINISHED:
        return f"Continue for {fmt.plural(more, 'epoch')}"
    return "Resume" if has_checkpoint(run) else "Start again"


def _from_where(run: Run) -> str:
    """Says where a run would go on."""
    if run.state.state == RunStatus.FINISHED:
        return ""
    if has_checkpoint(run):
        return "It goes on from its newest checkpoint, exactly."
    return "No checkpoint was saved yet: it starts over."

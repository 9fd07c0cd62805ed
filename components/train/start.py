"""The check in words, the mending of what it finds, and the one big button."""

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from builder.actions import training
from builder.actions.training import Preflight
from builder.checks import machine_check
from builder.checks.finding import Finding, FindingCode
from builder.checks.memory_need import estimate_memory
from builder.checks.training_check import Check
from builder.datasets.availability import Availability, Reach, availability
from builder.datasets.published import known
from builder.documents.session import DocumentState
from builder.network.inference import Inference, infer
from builder.runs.run_folder import Run, current_settings
from builder.system.devices import Device
from builder.system.errors import BuilderError
from builder.system.home import home
from builder.system.level import Level
from builder.training.losses import choose_loss
from builder.training.settings import TrainingSettings
from builder.transforms.head import head
from components import state
from components.design import fixes, problem_list
from components.design.labels import sentence
from components.runs import registry
from components.shell import format as fmt
from components.shell import notice
from components.train import controls

_REFUSED = "cs-refused-data"
_BROKEN_SHOWN = 4


def preflight(
    opened: DocumentState,
    settings: TrainingSettings,
    devices: Sequence[Device],
    runs: Sequence[Run],
) -> Preflight:
    """What is known of a document's training before it starts."""
    data = known(settings.dataset)
    reach = (_refused(settings) or availability(data.name)) if data else None
    return training.preflight(home(), opened.architecture, settings, devices, runs, reach)


def draw(
    opened: DocumentState,
    flight: Preflight,
    runs: Sequence[Run],
    shown: Run | None,
    refused: Sequence[str],
) -> bool:
    """Draws what is to know before the start, the queue, and Start.

    Args:
        opened: The document.
        flight: What is known of its training.
        runs: All runs.
        shown: The run that is shown beside.
        refused: The settings whose fields show something other than what would be trained with.

    Returns:
        Whether a press of Start would begin a training now.
    """
    controls.draw_queue(runs, shown)
    found, settings, busy = flight.check, flight.settings, flight.occupant
    fixes.draw_applied(opened)
    for number, finding in enumerate(found.findings):
        _draw_finding(opened, number, finding)
    if refused:
        notice(
            Level.ERROR, f"{', '.join(refused)}: what stands there cannot be used.", "Correct it."
        )
    elif found.ok:
        notice(Level.GOOD, found.sentence)
    if found.ok and not refused:
        _draw_time(flight)
    if busy is not None:
        _draw_busy(busy, shown)
    pressed = st.button(
        "Add to the queue" if busy else "Start training",
        key="cs-start",
        type="secondary" if busy else "primary",
        width="stretch",
        disabled=bool(refused) or not _may_start(found, settings),
    )
    if found.can_be_forced and not refused:
        pressed = pressed or st.button(
            "Start anyway",
            key="cs-start-anyway",
            type="tertiary",
            width="stretch",
            help="The need is an estimate. Where it is right, the system ends the training, or "
            "something else, when its memory runs out.",
        )
    if pressed and not refused:  # typed in the moment before the press, which came all the same
        _start(opened, flight)
    return found.ok and not refused and busy is None


def auto_loss(inference: Inference, settings: TrainingSettings) -> str:
    """The loss that `auto` stands for with this network; empty where it is not known."""
    end = head(inference)
    if end is None or len(end.output_shape) != 1:
        return ""
    return choose_loss(settings, end.output_shape[0], end.activation).name


def memory_words(
    inference: Inference, settings: TrainingSettings, devices: Sequence[Device]
) -> str:
    """What the training needs of its device's memory; empty where that is not known."""
    if not inference.ok or len(inference.input_shapes) != 1:
        return ""
    try:
        return machine_check.memory_words(estimate_memory(inference, settings, devices))
    except BuilderError:  # of data that are gone; the check says so
        return ""


def _refused(settings: TrainingSettings) -> Availability | None:
    """Why the data could not be had when they were asked for last."""
    name, answer = st.session_state.get(_REFUSED, ("", None))
    return answer if name == settings.dataset else None


def _may_start(found: Check, settings: TrainingSettings) -> bool:
    """Data that could not be reached may be tried again at any time."""
    if _refused(settings) is None:
        return found.ok
    return all(error.code is FindingCode.DATA_UNAVAILABLE for error in found.errors)


def _draw_finding(opened: DocumentState, number: int, finding: Finding) -> None:
    with st.container(key=f"cs-finding-{number}"):
        notice(finding.level, finding.message)
        if finding.code is FindingCode.BROKEN_NETWORK:
            _draw_broken(opened)
        if finding.fix is not None:
            fixes.offer(opened, finding.fix, key=f"cs-fix-{number}")


def _draw_broken(opened: DocumentState) -> None:
    """Names the broken nodes; each leads to its place on Design, and to its fix."""
    problem_list.draw(
        opened,
        infer(opened.architecture),
        partial(_show_node, opened.document.id),
        "Show this block on Design",
        errors_only=True,
        most=_BROKEN_SHOWN,
    )


def _show_node(document: str, node: str) -> None:
    state.select(document, node)
    st.switch_page(registry.DESIGN_PAGE, query_params={state.PARAMETER: document})


def _draw_time(flight: Preflight) -> None:
    """Says how long the training will take."""
    if flight.time is not None:
        epochs = fmt.plural(flight.settings.epochs, "epoch")
        st.html(f'<p class="cs-time">{escape(sentence(f"{epochs}: {flight.time.words}"))}</p>')


def _draw_busy(busy: Run, shown: Run | None) -> None:
    """Says calmly that the device is taken, and by which run."""
    if shown is not None and shown.id == busy.id:
        st.caption("Changes above are for the next run, which waits until this one has ended.")
        return
    settings = current_settings(busy)
    where = "this device" if settings is None or settings.is_local else "this cluster"
    notice(Level.INFO, f"{busy.name} is training on {where}.", "The next run waits for its end.")
    st.button(
        "Show it",
        key="cs-show-busy",
        width="stretch",
        on_click=registry.show_run,
        args=(busy.id,),
    )


def _start(opened: DocumentState, flight: Preflight) -> None:
    """Looks for the data, then starts; whatever is in the way is said."""
    settings = flight.settings
    if settings.is_local:  # a cluster's machine downloads them itself
        with st.spinner("Looking for the data"):
            reach = availability(settings.dataset, probe=True)
        if reach.state == Reach.UNAVAILABLE:
            st.session_state[_REFUSED] = (settings.dataset, reach)
            st.rerun()
    st.session_state.pop(_REFUSED, None)
    try:
        run = training.start(home(), flight, opened.document.id)
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
        return
    fixes.settle()
    registry.show_run(run.id)
    st.rerun()

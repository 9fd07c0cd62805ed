"""The dialog that opens a file: our own files at once, a Keras model after a preview.

What reads a model is imported when the dialog opens, not with the page: it is 45 modules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from builder.network.inference import infer
from builder.system.background import JobState
from builder.system.errors import BuilderError, DiskError
from builder.system.level import Level
from components import state
from components.design import dialogs, markup
from components.design.labels import sentence
from components.server import uploads
from components.shell import Fact, facts, notice
from components.shell import format as fmt

if TYPE_CHECKING:
    from builder.importers.importing import ImportWork
    from builder.importers.result import Finding, ImportResult

NAME = "upload"
"""The dialog's name, as `dialogs.ask` takes it."""

MAX_UPLOAD = 200
"""Megabytes; a model's file includes its weights, which are not read."""

MAX_ROWS = 100
"""How many findings are listed; those with the same reason share a row."""

_FILE = "cs-upload-file"
_FOLD = "cs-upload-fold"
_FOLDED = "cs-upload-folded"
"""The choice made there: a widget's own state is lost while it is not drawn, as during reading."""
_READ = "cs-upload-read"
"""The present or last reading, so that a redrawing does not read it again."""

EVERY = 0.5
"""Seconds between two checks of the progress."""
AT_ONCE = 0.25
"""Seconds in which small files are read, before a message about waiting appears."""


@dataclass(frozen=True)
class _Reading:
    """The reading of a file.

    Attributes:
        file: Its id.
        fold: Whether layers are folded into modules.
        work: The process that reads it.
    """

    file: str
    fold: bool
    work: "ImportWork"


def draw() -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        _dialog()
    else:
        _forget()
        st.session_state.pop(_FOLDED, None)


@st.dialog("Upload", width="large", on_dismiss=dialogs.close)
def _dialog() -> None:
    from builder.importers.opening import ENDINGS

    dialogs.leave_when_done()
    st.caption(
        "An architecture or a document of Convstack, or a model that Keras saved: a .keras or .h5 "
        "file, or the JSON of model.to_json(). Of a model only the configuration is read, no "
        "weights and no code. It opens as a new document. A model of more than "
        f"{MAX_UPLOAD} MB comes as its JSON, which holds no weights."
    )
    file = st.file_uploader(
        "Architecture file",
        type=ENDINGS,
        key=_FILE,
        max_upload_size=MAX_UPLOAD,
        label_visibility="collapsed",
    )
    if file is None:
        _forget()
        return
    work = _read(file)
    if work.state == JobState.RUNNING:
        st.fragment(_draw_progress, run_every=EVERY)(work)
        return
    if work.state == JobState.CANCELLED:
        notice(
            Level.INFO, f"{file.name[:80]} was not read.", "You cancelled it. Nothing has changed."
        )
        st.button("Read it again", key="cs-upload-again", on_click=_forget)
        return
    try:
        result = _result(work)
        if result.num_layers:
            _draw_result(result)
            if not st.button("Open", key="cs-upload-open", type="primary"):
                return
        state.show(state.workspace().create(result.architecture, result.training))
    except DiskError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
    except BuilderError as error:
        fix = f"{sentence(error.fix)} Nothing has changed.".strip()
        notice(Level.ERROR, f"{file.name[:80]} was not opened: {error.message}.", fix)
    else:
        dialogs.close()
        st.rerun()


def _read(file: UploadedFile) -> "ImportWork":
    """The reading of a file; starts it if necessary."""
    from builder.importers.importing import ImportWork

    fold = bool(st.session_state.get(_FOLDED, True))
    known: _Reading | None = st.session_state.get(_READ)
    if known is None or (known.file, known.fold) != (file.file_id, fold):
        _forget()
        work = ImportWork(uploads.opened(file), file.name, fold=fold)
        known = st.session_state[_READ] = _Reading(file.file_id, fold, work)
        work.wait(AT_ONCE)
    return known.work


def _choose_fold() -> None:
    st.session_state[_FOLDED] = st.session_state[_FOLD]


def _result(work: "ImportWork") -> "ImportResult":
    """The result of reading.

    Raises:
        BuilderError: The file is refused.
    """
    if work.result is None:
        raise work.error or BuilderError("it could not be read")
    return work.result


def _forget() -> None:
    """Ends the reading and discards its result."""
    known: _Reading | None = st.session_state.pop(_READ, None)
    if known is not None:
        known.work.cancel()


def _draw_progress(work: "ImportWork") -> None:
    if work.state != JobState.RUNNING:
        st.rerun()  # the whole page, since only that draws what comes next
    doing = "Waiting: two other files are being read" if work.ahead else "Reading the model"
    with st.container(key="cs-upload-progress", horizontal=True, vertical_alignment="center"):
        st.html(f'<p role="status">{doing}, {max(1, round(work.seconds))} s</p>')
        st.button("Cancel", key="cs-upload-cancel", on_click=work.cancel)


def _draw_result(result: "ImportResult") -> None:
    from builder.importers.result import grouped

    architecture = result.architecture
    inference = infer(architecture)
    inputs, outputs = (
        ", ".join(fmt.shape(shape) for shape in shapes) or fmt.UNKNOWN
        for shapes in (inference.input_shapes, inference.output_shapes)
    )
    st.html(
        f'<p class="cs-title">{escape(architecture.name)}</p>'
        f'<p class="cs-flow">{inputs} → {outputs}</p>'
        f"{markup.profile(architecture)}"
    )
    num_blocks = len(architecture.nodes)
    params = fmt.count(inference.total_params)
    facts(
        (
            Fact(fmt.count(result.num_layers), "layers in the file"),
            Fact(fmt.count(num_blocks), "block here" if num_blocks == 1 else "blocks here"),
            Fact(params, "params"),
        )
    )
    st.toggle(
        "Put layers together to modules",
        value=bool(st.session_state.get(_FOLDED, True)),
        key=_FOLD,
        on_change=_choose_fold,
        help="Where layers are exactly what a module consists of. The network stays the same.",
    )
    _draw_findings(grouped(result.unmapped))
    if result.has_weights and inference.total_params:
        notice(
            Level.INFO,
            "Its trained weights are not read.",
            "It opens with fresh ones, and a training begins from the beginning.",
        )
    if inference.errors:
        problems = fmt.plural(len(inference.errors), "problem")
        notice(Level.WARNING, f"It opens with {problems}.", "The last line lists them.")


def _draw_findings(findings: "Sequence[Finding]") -> None:
    left_out = [finding for finding in findings if not finding.kept]
    changed = [finding for finding in findings if finding.kept]
    if not findings:
        notice(Level.GOOD, "Every layer was imported unchanged.")
    if left_out:
        number = fmt.plural(sum(len(finding.layers) for finding in left_out), "layer")
        notice(Level.WARNING, f"Left out: {number}.", "What read it reads its first input instead.")
        st.html(_table(left_out))
    if changed:
        number = fmt.plural(len({n for finding in changed for n in finding.layers}), "layer")
        notice(Level.INFO, f"Taken over with a difference: {number}.")
        st.html(_table(changed))


def _table(findings: "Sequence[Finding]") -> str:
    rows = "".join(
        f'<tr><td title="{escape(", ".join(finding.layers[:50]))}">{escape(finding.named())}</td>'
        f"<td>{escape(', '.join(finding.class_names[:3]))}</td>"
        f"<td>{escape(sentence(finding.reason))}</td></tr>"
        for finding in findings[:MAX_ROWS]
    )
    if len(findings) > MAX_ROWS:
        rows += f'<tr><td colspan="3">and {len(findings) - MAX_ROWS:,} more</td></tr>'
    heads = "<tr><th>Layer</th><th>Class</th><th>Why</th></tr>"
    return (
        f'<div class="cs-findings"><table class="cs-table"><thead>{heads}</thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )

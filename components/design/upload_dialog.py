"""The dialog that opens a file: one of ours at once, a model of Keras's after a look at it."""

from collections.abc import Sequence
from html import escape

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from builder.errors import BuilderError
from builder.importers.opening import ENDINGS, open_file
from builder.importers.result import Finding, ImportResult, grouped
from builder.inference import infer
from builder.storage.full_disk import reason
from components import state
from components.design import dialogs, markup
from components.design.labels import sentence
from components.shell import Fact, facts, notice
from components.shell import format as fmt

NAME = "upload"
"""The dialog's name, as `dialogs.ask` takes it."""

MAX_UPLOAD = 200
"""Megabytes; a model's weights come with it, though nobody reads them."""

MAX_ROWS = 100
"""Findings in a list; those with one reason share a row."""

_FILE = "cs-upload-file"
_FOLD = "cs-upload-fold"
_READ = "cs-upload-read"
"""What was read last, so that a redrawing need not read it again: file, folded, result."""


def draw() -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        _dialog()
    else:
        st.session_state.pop(_READ, None)


@st.dialog("Upload", width="large", on_dismiss=dialogs.close)
def _dialog() -> None:
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
        return
    try:
        result = _read(file)
        if result.num_layers:
            _draw_result(result)
            if not st.button("Open", key="cs-upload-open", type="primary"):
                return
        state.show(state.workspace().create(result.architecture, result.training))
    except BuilderError as error:
        fix = f"{sentence(error.fix)} Nothing has changed.".strip()
        notice("error", f"{file.name[:80]} was not opened: {error.message}.", fix)
    except OSError as error:
        notice("error", f"It cannot be saved: {reason(error)}.", "Nothing has changed.")
    else:
        dialogs.close()
        st.rerun()


def _read(file: UploadedFile) -> ImportResult:
    fold = bool(st.session_state.get(_FOLD, True))
    known = st.session_state.get(_READ)
    if known is None or known[:2] != (file.file_id, fold):
        with st.spinner("Reading the model"):
            known = (file.file_id, fold, open_file(file, file.name, fold=fold))
        st.session_state[_READ] = known
    return known[2]


def _draw_result(result: ImportResult) -> None:
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
    blocks = fmt.plural(len(architecture.nodes), "block").partition(" ")
    params = fmt.count(inference.total_params)
    facts(
        (
            Fact(fmt.count(result.num_layers), "layers in the file"),
            Fact(blocks[0], f"{blocks[2]} here"),
            Fact(params, "params"),
        )
    )
    st.toggle(
        "Put layers together to modules",
        value=True,
        key=_FOLD,
        help="Where layers are exactly what a module consists of. The network stays the same.",
    )
    _draw_findings(grouped(result.unmapped))
    if result.has_weights and inference.total_params:
        notice(
            "info",
            "Its trained weights are not read.",
            "It opens with fresh ones, and a training begins from the beginning.",
        )
    if inference.errors:
        problems = fmt.plural(len(inference.errors), "problem")
        notice("warning", f"It opens with {problems}.", "The Problems tab says where.")


def _draw_findings(findings: Sequence[Finding]) -> None:
    left_out = [finding for finding in findings if not finding.kept]
    changed = [finding for finding in findings if finding.kept]
    if not findings:
        notice("good", "Every layer was taken over as it is.")
    if left_out:
        number = fmt.plural(sum(len(finding.layers) for finding in left_out), "layer")
        notice("warning", f"Left out: {number}.", "What read it reads its first input instead.")
        st.html(_table(left_out))
    if changed:
        number = fmt.plural(len({n for finding in changed for n in finding.layers}), "layer")
        notice("info", f"Taken over with a difference: {number}.")
        st.html(_table(changed))


def _table(findings: Sequence[Finding]) -> str:
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

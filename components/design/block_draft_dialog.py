"""The dialog that saves an edited own block to all its places."""

from dataclasses import dataclass, replace
from typing import cast

import streamlit as st

from builder.actions.own_blocks import Outcome, outcome, save_draft
from builder.codegen.keras.own_function import own_function
from builder.custom_blocks.inside import also_settable, new_parameters, ties, value_of
from builder.files.drafts import Draft
from builder.network.architecture import Architecture
from builder.network.inference import infer
from builder.network.own_block import Exposed
from builder.system.distinct import distinct
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import forms, state
from components.design import changes, dialogs
from components.design.block_draft_places import draw_places, own_places
from components.design.labels import literal, sentence
from components.shell import format as fmt
from components.shell import notice

NAME = "block-draft"
"""The dialog's name, as `dialogs.ask` takes it."""

_ASKED = "cs-draft-asked"
"""How often the dialog was opened, so that its fields are fresh each time."""

_KEEP = "cs-draft-keep"
_SHOWN_NODES = 4


@dataclass(frozen=True)
class _Asked:
    """What the person has filled in."""

    parameters: tuple[Exposed, ...]
    summary: str


def ask() -> None:
    """Opens the dialog when the page is drawn next."""
    st.session_state[_ASKED] = st.session_state.get(_ASKED, 0) + 1
    dialogs.ask(NAME)


def network_of(draft: Draft) -> Architecture | None:
    """The network that the block is used in; None where there is none, or no longer one."""
    try:
        return state.workspace().open(draft.document).architecture if draft.document else None
    except BuilderError:
        return None


def draw(document: str) -> None:
    """Draws the dialog where it is open."""
    if dialogs.is_open(NAME):
        _dialog(document)


@st.dialog("Save the block", width="large", on_dismiss=dialogs.close)
def _dialog(document: str) -> None:
    dialogs.leave_when_done()
    opened = state.workspace().open(document)
    draft = opened.document.draft
    if draft is None:
        return
    _draw_fields(opened.architecture, draft)
    result = _draw_outcome(opened.architecture, draft)
    inside = result is not None and result.changes_network
    number = len(own_places(result)) if result else 0
    label = f"Save in {fmt.plural(number, 'place')}" if inside else "Save"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            label,
            key="cs-draft-apply",
            type="primary",
            disabled=result is None,
            on_click=_save,
            args=(document,),
        )
        st.button("Cancel", key="cs-draft-cancel", on_click=dialogs.close)
        _draw_keep(draft, inside)


def _draw_keep(draft: Draft, inside: bool) -> None:
    """Asks whether to keep the block in the library; required if nothing else uses it."""
    kept = state.workspace().library.blocks().get(draft.before.name)
    same = kept is not None and kept.definition == draft.before
    st.checkbox(
        "Keep it in your library" if kept is None else "Replace it in your library",
        value=same or not inside,
        disabled=not inside,
        key=_keep_key(inside),
        help="So that it can be placed in other networks as well."
        if kept is None
        else "Other networks keep theirs; what is replaced goes to the trash."
        if same
        else f"Your library has another {draft.before.name}; it would be replaced.",
    )


def _keep_key(inside: bool) -> str:
    return f"{_KEEP}-{st.session_state.get(_ASKED, 0)}-{'asked' if inside else 'only'}"


def _draw_fields(network: Architecture, draft: Draft) -> None:
    number = st.session_state.get(_ASKED, 0)
    st.text_input(
        "What it is for",
        value=draft.before.summary,
        key=f"cs-draft-summary-{number}",
        placeholder="One line, shown in the palette and in the code",
    )
    choices = _choices(network, draft)
    words = distinct({key: _describe(network, exposed) for key, exposed in choices.items()})
    kept = [key for key in choices if key in _kept_keys(network, draft)]
    chosen = st.multiselect(
        "Parameters to set from outside",
        list(choices),
        default=kept,
        format_func=forms.writer(words),
        key=f"cs-draft-exposed-{number}",
        placeholder="None: the block is always the same",
        select_all=False,
    )
    for key in chosen:
        if key in choices:
            _draw_parameter(network, draft, key, choices[key])
    _draw_ties(network, draft)


def _draw_parameter(network: Architecture, draft: Draft, key: str, exposed: Exposed) -> None:
    """A parameter's name, and what it sets where there is more than one thing to set."""
    targets = also_settable(network, draft.before, exposed)
    left, right = st.columns([1, 3])
    with left:
        label = f"Name of {literal(exposed.name)}"
        st.text_input(label, value=exposed.name, key=_field_key("as", key))
    if len(targets) < 2:
        return
    with right:
        names = {t: ".".join((network.by_id[t[0]].label, t[1])) for t in targets}
        st.multiselect(
            f"{literal(exposed.name)} sets",
            list(targets),
            default=list(exposed.targets),
            format_func=forms.writer(distinct(names)),
            key=_field_key("sets", key),
            help="What has the same value now can be set together.",
            select_all=False,
        )


def _draw_ties(network: Architecture, draft: Draft) -> None:
    """Says which parameters are gone, and what others no longer set."""
    found = ties(network, draft.before)
    for name in found.gone:
        notice(Level.WARNING, f"{name} sets nothing any more, so the block loses this parameter.")
    for name, node, parameter in found.untied:
        value = value_of(network, (node, parameter))
        what = f"{network.by_id[node].label}.{parameter}"
        notice(
            Level.WARNING,
            f"{name} no longer sets {what}, which has a value of its own now: {value}.",
            "Give it the value of the others to have them set together.",
        )


def _field_key(what: str, parameter: str) -> str:
    return f"cs-draft-{what}-{st.session_state.get(_ASKED, 0)}-{parameter}"


def _choices(network: Architecture, draft: Draft) -> dict[str, Exposed]:
    """What can be exposed: the block's parameters, then everything else."""
    kept = ties(network, draft.before).kept
    new = new_parameters(network, draft.before, kept)
    return {f"={e.name}": e for e in kept} | {".".join(e.targets[0]): e for e in new}


def _kept_keys(network: Architecture, draft: Draft) -> set[str]:
    return {f"={exposed.name}" for exposed in ties(network, draft.before).kept}


def _describe(network: Architecture, exposed: Exposed) -> str:
    labels = [network.by_id[node].label for node, _ in exposed.targets]
    names = ", ".join(labels[:_SHOWN_NODES])
    more = len(labels) - _SHOWN_NODES
    value = value_of(network, exposed.targets[0])
    return f"{exposed.name} = {value} ({names}{f' and {more} more' if more > 0 else ''})"


def _filled_in(network: Architecture, draft: Draft) -> _Asked:
    """The content of the fields, also when the button is pressed before they are redrawn."""
    number, asked = st.session_state.get(_ASKED, 0), st.session_state.get
    choices = _choices(network, draft)
    chosen = asked(f"cs-draft-exposed-{number}")
    keys = [key for key in choices if key in _kept_keys(network, draft)]
    parameters: list[Exposed] = []
    for key in keys if chosen is None else chosen:
        if key not in choices:
            continue
        exposed = choices[key]
        name = (asked(_field_key("as", key)) or "").strip() or exposed.name
        sets = asked(_field_key("sets", key))
        targets = exposed.targets if sets is None else tuple(map(tuple, sets))
        parameters.append(replace(exposed, name=name, targets=targets))
    summary = asked(f"cs-draft-summary-{number}")
    return _Asked(tuple(parameters), draft.before.summary if summary is None else summary)


def _result(network: Architecture, draft: Draft) -> Outcome:
    asked = _filled_in(network, draft)
    return outcome(state.workspace(), draft, network, asked.parameters, asked.summary)


def _draw_outcome(network: Architecture, draft: Draft) -> Outcome | None:
    """Shows what saving does, or why the inside makes no block."""
    try:
        result = _result(network, draft)
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
        return None
    errors = infer(network).errors
    if errors:
        notice(
            Level.WARNING, f"The inside has an error: {errors[0]}.", "So would each of its places."
        )
    if result.overwrites:
        notice(
            Level.WARNING,
            f"{draft.before.name} was changed in the network since this was opened.",
            "Saving replaces that too; Undo brings it back.",
        )
    if result.is_held and result.change is not None and not result.change.places:
        notice(Level.INFO, "Nothing has changed yet.", "Edit the inside first, or discard it.")
        return None
    if result.change is not None:
        draw_places(result)
    with st.expander("Code", key="cs-draft-code", type="compact"):
        st.code(own_function(result.definition), language="python")
    return result


def _save(document: str) -> None:
    opened = state.workspace().open(document)
    draft = cast(Draft, opened.document.draft)
    done = changes.attempt(lambda: _carry_out(opened.architecture, draft))
    if not done:
        return
    if network_of(draft) is not None:
        state.show(draft.document)
    else:
        state.leave()
    changes.attempt(lambda: state.workspace().delete(document))
    dialogs.close()


def _carry_out(network: Architecture, draft: Draft) -> None:
    """Saves the block to its places, and to the library if wanted."""
    result = _result(network, draft)
    inside = result.changes_network
    keep = not inside or bool(st.session_state.get(_keep_key(inside)))
    save_draft(state.workspace(), draft, result, keep=keep, author=state.author().id)
    where = [fmt.plural(len(own_places(result)), "place")] if inside else []
    where += ["your library"] if keep else []
    changes.say(f"Changed {result.definition.name} in {' and in '.join(where)}")

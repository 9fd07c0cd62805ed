"""Trying a trained model: a person's own pictures, what it makes of them, and where it looks."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from builder.analysis.given_pictures import Picture, target_for
from builder.analysis.prediction import (
    TrainedFile,
    class_names,
    gives_probabilities,
    network,
    num_classes,
    trained_files,
    usual_fit,
    usual_ranges,
)
from builder.analysis.prediction_process import Look, MapLayer, shared
from builder.analysis.prediction_work import LookWork, look
from builder.network.layer_paths import layer_titles
from builder.runs.run_folder import Run
from builder.system.distinct import distinct
from builder.system.errors import BuilderError
from builder.system.level import Level
from components import forms
from components.design.labels import sentence
from components.shell import notice
from components.train import looking, tried, try_given

_TRIAL = "cs-trial"
_NONE = -1


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be looked at, and how: a file, pictures by their digest, a layer, a class."""

    model: Path
    changed: int
    pictures: str
    layer: str | None
    chosen: int | None


@dataclass
class _Trial:
    """What a visitor does with a run's model.

    Attributes:
        run_id: The run.
        gives_probabilities: Whether its network does.
        wish: What was looked at last.
        work: The look at it.
        look: The last look that came to its end.
        known: The pictures that were read already.
    """

    run_id: str
    gives_probabilities: bool = False
    wish: _Wish | None = None
    work: LookWork | None = None
    look: Look | None = None
    known: try_given.Known = field(default_factory=try_given.Known)


def draw(run: Run) -> None:
    """Draws the part, folded; nothing without a model."""
    looking.draw_folded(run, "Try it on pictures", "try", draw_open)


def draw_open(run: Run) -> None:
    """Draws what is inside."""
    looking.style()
    try:
        found = network(run)
        shape = found.input_shapes[0]
        target = target_for(shape, usual_fit(run), usual_ranges(run))
        names = class_names(run, num_classes(found))
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
        return
    files = trained_files(run)
    if not files:
        notice(Level.WARNING, "The model of this run is gone.", "Reload the page.")
        return
    shared.prepare()  # Keras begins to start while the person chooses
    trial = _trial(run)
    pictures, refused = try_given.draw(run, trial.known, target, names)
    for one in refused:
        notice(Level.ERROR, f"{one.name}: {one.message}.", sentence(one.fix))
    if not pictures:
        st.html('<p class="cs-hint">Drop a picture above, or choose an image of the data.</p>')
        return
    trial.gives_probabilities = gives_probabilities(found)
    _draw_look(run, trial, files, pictures, names, layer_titles(found))


def _draw_look(
    run: Run,
    trial: _Trial,
    files: Sequence[TrainedFile],
    pictures: Sequence[Picture],
    names: Sequence[str],
    titles: Mapping[str, str],
) -> None:
    """Draws how to look, and what is seen."""
    with st.container(key="cs-try-how", horizontal=True, vertical_alignment="bottom"):
        model = looking.choose_model(files, "cs-try-model")
        slot = st.empty()  # which layers there are, the model itself says
        chosen = _draw_class(run, names)
        strength = st.slider(
            "Strength of the map", 0, 100, 60, format="%d %%", key="cs-try-strength", width=130
        )
    work = _ask(trial, model, pictures, st.session_state.get(_layer_key(run)), chosen)
    layer = _draw_layer(slot, run, trial.look, titles)
    if looking.draw_state(work, "cs-try"):
        trial.work = None
        st.rerun()
    tried.draw(run, model, pictures, work.result, names, layer, strength / 100)


def _trial(run: Run) -> _Trial:
    trial: _Trial | None = st.session_state.get(_TRIAL)
    if trial is None or trial.run_id != run.id:
        trial = st.session_state[_TRIAL] = _Trial(run.id)
    return trial


def _draw_class(run: Run, names: Sequence[str]) -> int | None:
    """Draws the choice of the map's class; None is each picture's likeliest."""
    titles = {_NONE: "the likeliest", **dict(enumerate(names))}
    facts = {_NONE: ("of each picture",)} | {n: (f"class {n}",) for n in range(len(names))}
    chosen = st.selectbox(
        "Map for the class",
        list(titles),
        format_func=forms.writer(distinct(titles, facts)),
        key=f"cs-try-class-{run.id}",
        width=140,
    )
    return None if chosen == _NONE else chosen


def _layer_key(run: Run) -> str:
    return f"cs-try-layer-{run.id}"


def _draw_layer(
    slot: DeltaGenerator, run: Run, look: Look | None, known: Mapping[str, str]
) -> MapLayer | None:
    """Draws the choice of the map's layer; the last one unless somebody chooses.

    Returns:
        The layer, by the network's own name of it.
    """
    if look is None or not look.layers:
        waits = "none gives a map" if look else "as soon as Keras knows them"
        key = "cs-try-layer-none"
        slot.selectbox("Map of the layer", [], placeholder=waits, disabled=True, key=key)
        return None
    layers = {layer.name: _in_network(layer, known) for layer in look.layers}
    titles = distinct(
        {name: f"{one.name}, {one.height}×{one.width}" for name, one in layers.items()}
    )
    name = slot.selectbox(
        "Map of the layer",
        list(titles),
        index=len(titles) - 1,
        format_func=forms.writer(titles),
        key=_layer_key(run),
        help="Grad-CAM: which places of this layer's output speak for the class, by the gradient "
        "of its score before softmax or sigmoid. Early layers show where, late ones what.",
    )
    return layers[name]


def _in_network(layer: MapLayer, known: Mapping[str, str]) -> MapLayer:
    return replace(layer, name=known.get(layer.name, layer.name))


def _ask(
    trial: _Trial,
    model: TrainedFile,
    pictures: Sequence[Picture],
    layer: str | None,
    chosen: int | None,
) -> LookWork:
    """The look at what is wished for; begins it, and waits a moment for one that is quick."""
    images = np.stack([picture.image for picture in pictures])
    wish = _Wish(
        model.path, model.changed, hashlib.sha256(images.tobytes()).hexdigest(), layer, chosen
    )
    work = trial.work
    if work is None or trial.wish != wish:
        # One that is still going on comes to its end: Keras would have to start anew otherwise.
        work = trial.work = look(
            shared,
            model.path,
            images,
            layer,
            chosen,
            are_probabilities=trial.gives_probabilities,
        )
        trial.wish = wish
        work.wait(looking.PATIENCE)
    trial.look = work.result or trial.look
    return work

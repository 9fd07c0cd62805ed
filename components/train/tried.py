"""What a model makes of pictures: each as it sees it, the class map, the likeliest classes."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from builder.analysis.class_map import colored, enlarged, scaled
from builder.analysis.given_pictures import Picture
from builder.analysis.prediction import Reading, TrainedFile, read_scores
from builder.analysis.prediction_process import Look, MapLayer
from builder.runs.run_folder import Run
from builder.system.errors import BuilderError
from builder.system.level import Level
from components.design.labels import sentence
from components.shell import format as fmt
from components.shell import notice
from components.train.pictures import data_url

MOST = 5
"""Classes shown of each picture."""

_SIDE = 192
"""Pixels of the longer side to which a map is enlarged, at least."""


def draw(
    run: Run,
    model: TrainedFile,
    pictures: Sequence[Picture],
    look: Look | None,
    names: Sequence[str],
    layer: MapLayer | None,
    strength: float,
) -> None:
    """Draws a card for each picture.

    Args:
        run: The run that trained the model.
        model: Which one looked.
        pictures: As the model sees them.
        look: What it makes of them; None while it is looking.
        names: Of the classes.
        layer: Whose maps are drawn, by the network's own name; None where there are none.
        strength: How much a map covers of its picture, 0 to 1.
    """
    reading = _read(run, look) if look is not None else None
    cards = "".join(
        f'<div class="cs-tried">{_picture(picture)}'
        f"{_map(picture, look, number, names, strength)}"
        f"<div><h5>{escape(picture.name)}</h5><p>{escape(picture.about)}</p>"
        f"{_classes(reading, number, names)}</div></div>"
        for number, picture in enumerate(pictures)
    )
    st.html(f'<div class="cs-trials">{cards}</div>')
    if look is not None and reading is not None:
        st.html(f'<p class="cs-hint">{escape(_words(model, reading, look, layer))}</p>')


def _read(run: Run, look: Look) -> Reading | None:
    """What the model says; None, with the reason shown, where it says nothing."""
    reading = read_scores(look.scores, look.activation, run)
    try:
        reading.check_finite()
    except BuilderError as error:
        notice(Level.ERROR, sentence(error.message), sentence(error.fix))
        return None
    return reading


def _words(model: TrainedFile, reading: Reading, look: Look, layer: MapLayer | None) -> str:
    model_words = f"Model: {model.about}. {reading.about}"
    if look.maps is None or layer is None:
        return (
            f"{model_words} No layer gives a map of more than one pixel, so there is no Grad-CAM."
        )
    return (
        f"{model_words} Grad-CAM of {layer.name} ({layer.height}×{layer.width}), each scaled to "
        "its own largest value: bright speaks for the class, dark does not."
    )


def _picture(picture: Picture) -> str:
    height, width = picture.image.shape[:2]
    return (
        f'<figure><img src="{data_url(picture.image)}" alt="{escape(picture.name)}">'
        f"<figcaption>as the model sees it, {height}×{width}"
        f" {'gray' if picture.image.shape[2] == 1 else 'color'}</figcaption></figure>"
    )


def _map(
    picture: Picture, look: Look | None, number: int, names: Sequence[str], strength: float
) -> str:
    if look is None:
        return '<figure><div class="cs-no-map"></div></figure>'
    if look.maps is None or look.classes is None:
        return '<figure><div class="cs-no-map">no map</div></figure>'
    name = escape(names[int(look.classes[number])])
    heat = scaled(look.maps[number])
    if heat is None:
        return (
            '<figure><div class="cs-no-map">nothing in this layer speaks for it</div>'
            f"<figcaption>Grad-CAM for <b>{name}</b></figcaption></figure>"
        )
    overlay = data_url(colored(_fitting(heat, picture.image)))
    return (
        f'<figure><div class="cs-map"><img src="{data_url(picture.image)}" alt="">'
        f'<img src="{overlay}" style="opacity:{strength:.2f}"'
        f' alt="Where the layer speaks for {name}"></div>'
        f"<figcaption>Grad-CAM for <b>{name}</b></figcaption></figure>"
    )


def _fitting(heat: NDArray[np.float64], image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The map at the picture's proportions, large enough to look smooth."""
    height, width = image.shape[:2]
    factor = max(1.0, _SIDE / max(height, width))
    return enlarged(heat, round(height * factor), round(width * factor))


def _classes(reading: Reading | None, number: int, names: Sequence[str]) -> str:
    """The likeliest classes, with bars where their values are shares."""
    if reading is None:
        return ""
    rows = "".join(
        f"<li><span>{escape(names[found])}</span>{_value(value, reading)}</li>"
        for found, value in reading.top(number, MOST)
    )
    return f"<ol>{rows}</ol>"


def _value(value: float, reading: Reading) -> str:
    if not reading.are_probabilities:
        return f"<b>{fmt.metric(value)}</b>"
    return f'<i style="--share:{value:.4f}"></i><b title="{value:.6g}">{fmt.percent(value)}</b>'

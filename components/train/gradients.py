"""Gradient flow: the strength of the gradient that reaches each layer, over the training."""

import math
from functools import cache
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from builder.analysis.gradients import GradientFlow, LearningLayer, read_gradients
from builder.analysis.verdicts import Flow, Verdict, judge
from builder.network.layer_paths import in_words
from builder.runs.run_folder import Run
from builder.system.level import Level
from components.shell import notice
from components.train.pictures import data_url

EVERY = 3.0
"""Seconds between two looks at a run that is training."""

_ABOUT = "The norm of the gradient of each layer's trainable weights"

MAX_COLUMNS = 240
MAX_DECADES = 8
_LEVELS = {
    Flow.HEALTHY: Level.GOOD,
    Flow.UNKNOWN: Level.INFO,
    Flow.DEAD: Level.WARNING,
    Flow.VANISHING: Level.WARNING,
    Flow.EXPLODING: Level.ERROR,
}

# Cividis, which reads the same for the color-blind (Nuñez, Anderton, Renslow, PLoS ONE 2018).
_SCALE = np.array(
    [[0, 34, 78], [67, 78, 108], [125, 124, 120], [188, 174, 108], [254, 232, 56]], np.float64
)
_BROKEN = (220, 38, 38, 255)


def draw(run: Run) -> None:
    """Draws the heat map and the verdict; of a run that trains, again every few seconds."""
    if run.is_active:
        st.fragment(_draw, run_every=EVERY)(run)
    else:
        _draw(run)


def _draw(run: Run) -> None:
    flow = read_gradients(run.folder)
    if flow is None or not len(flow.norms):
        return
    verdict = judge(flow)
    st.html(f"<style>{_style_sheet()}</style>")
    with st.container(key="cs-gradients"):
        st.html(f'<h4 title="{_ABOUT}">Gradient flow</h4>')
        notice(_LEVELS[verdict.state], verdict.message, verdict.advice)
        st.html(_heat_map(flow, verdict))


def _heat_map(flow: GradientFlow, verdict: Verdict) -> str:
    low, high = _range(flow.norms)
    columns = np.linspace(0, len(flow.steps) - 1, min(len(flow.steps), MAX_COLUMNS)).astype(int)
    picture = data_url(_colors(flow.norms[columns].T, low, high))
    recent = flow.recent
    labels = "".join(
        f"<li{' class=cs-begins' if number == verdict.layer else ''}"
        f' title="{escape(_about(layer, recent[number]))}"><span>{_title(layer)}</span>'
        f"<b>{_norm(recent[number])}</b></li>"
        for number, layer in enumerate(flow.layers)
    )
    scale = data_url(_colors(np.geomspace(10.0**low, 10.0**high, 64)[np.newaxis], low, high))
    return (
        f'<div class="cs-heat" tabindex="0"><ul>{labels}</ul>'
        f'<img src="{picture}" style="height:calc({len(flow.layers)} * var(--cs-heat-row))"'
        f' alt="Heat map: {len(flow.layers)} layers over {len(flow.steps)} times"></div>'
        f'<div class="cs-heat-foot"><span>batch {flow.steps[0] + 1:,} to {flow.steps[-1] + 1:,},'
        " input at the top; the figure is the median of the last quarter</span>"
        f'<span class="cs-heat-scale"><span>10<sup>{low}</sup></span><img src="{scale}" alt="">'
        f"<span>10<sup>{high}</sup></span></span></div>"
    )


def _title(layer: LearningLayer) -> str:
    """Its path, whose end stays readable where there is no room for all of it."""
    *way, last = layer.path
    return f"<i>{escape(in_words((*way, '')))}</i><em>{escape(last)}</em>" if way else escape(last)


def _about(layer: LearningLayer, norm: float) -> str:
    weights = f" ({', '.join(layer.weights)})" if layer.weights else ", its kernel"
    return f"{layer.title}{weights}: {norm:.4g}, the median over the last quarter"


def _range(norms: NDArray[np.float64]) -> tuple[int, int]:
    """The powers of ten that the colors span."""
    known = norms[np.isfinite(norms) & (norms > 0)]
    if not len(known):
        return -1, 0
    high = math.ceil(math.log10(known.max()))
    low = max(math.floor(math.log10(known.min())), high - MAX_DECADES)
    return min(low, high - 1), high


def _colors(norms: NDArray[np.float64], low: int, high: int) -> NDArray[np.uint8]:
    """Norms as colors on a logarithmic scale; see-through where there is none at all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        place = (np.clip(np.log10(norms), low, high) - low) / (high - low) * (len(_SCALE) - 1)
    place = np.nan_to_num(place)
    stops = np.arange(len(_SCALE))
    picture = np.empty((*norms.shape, 4), np.uint8)
    for channel in range(3):
        picture[..., channel] = np.interp(place, stops, _SCALE[:, channel])
    picture[..., 3] = np.where(norms > 0, 255, 0)
    picture[~np.isfinite(norms)] = _BROKEN
    return picture


def _norm(value: float) -> str:
    return "0" if value == 0 else f"{value:.1e}" if not 0.001 <= value < 1_000 else f"{value:.3g}"


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "gradients.css").read_text(encoding="utf-8")

"""Learning curves of variants: the mean over the seeds, in a band from lowest to highest."""

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from statistics import fmean

from builder.codegen.diagram.colors import CATEGORIES
from builder.runs.metrics import EpochMetrics, MetricsReader
from builder.runs.run_folder import runs_folder
from builder.runs.status import ACTIVE
from builder.studies.figure_style import Figure, go, styled, tick_whole
from builder.studies.outcome import Results, RunOutcome
from builder.studies.study import Study
from builder.studies.wording import POINTS, axis_words

Histories = Mapping[str, Sequence[Sequence[EpochMetrics]]]
"""The epochs of each seed's run, by the title of the variant."""

CURVES_HEIGHT = 380
MOST_CURVES = 6
"""Variants whose curves are drawn together; more cannot be told apart."""
_BAND_OPACITY = 0.14
_COLORS = tuple(
    CATEGORIES[name].light
    for name in ("convolution", "dense", "pooling", "merge", "module", "normalization")
)
"""Colors that color-blind people can tell apart too."""


def histories(study: Study, known: Results, keys: Sequence[str]) -> Histories:
    """What the runs of some variants noted; nothing of a run that was deleted.

    Args:
        study: The study.
        known: What came out of it.
        keys: The variants' keys.
    """
    runs = runs_folder(study.folder.parents[1])
    rows = [known.variants[key] for key in keys if key in known.variants]
    return {row.title: [_epochs(runs, run) for run in row.runs.values()] for row in rows}


def _epochs(runs: Path, run: RunOutcome) -> Sequence[EpochMetrics]:
    if run.state in ACTIVE:
        return MetricsReader(runs / run.run).epochs()
    if not (runs / run.run).exists():  # it was deleted, and may be restored
        return ()
    return _ended(runs / run.run, (run.state, run.epochs, run.seconds))


@lru_cache(maxsize=1_024)
def _ended(folder: Path, _ending: Hashable) -> Sequence[EpochMetrics]:
    """The epochs of a run, read once for each of its ends: it may be resumed, and end again."""
    return MetricsReader(folder).epochs()


def curves(noted: Histories, metric: str) -> Figure:
    """Draws one metric over the epochs.

    Args:
        noted: The metrics of the runs, epoch by epoch.
        metric: Which metric: `val_accuracy`, `loss`.
    """
    figure = go.Figure()
    longest = 0
    scale = POINTS if metric.endswith("accuracy") else 1
    for (title, runs), color in zip(noted.items(), cycle(_COLORS), strict=False):
        by_epoch = _by_epoch(runs, metric)
        epochs = sorted(by_epoch)
        if not epochs:
            continue
        longest = max(longest, epochs[-1])
        low, high = ([scale * end(by_epoch[e]) for e in epochs] for end in (min, max))
        figure.add_scatter(
            x=[*epochs, *reversed(epochs)],
            y=[*high, *reversed(low)],
            mode="lines",
            fill="toself",
            fillcolor=color,
            opacity=_BAND_OPACITY,
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
            legendgroup=title,
        )
        figure.add_scatter(
            x=epochs,
            y=[scale * fmean(by_epoch[epoch]) for epoch in epochs],
            mode="lines" if len(epochs) > 1 else "markers",
            line={"color": color},
            name=title,
            legendgroup=title,
            hovertemplate="epoch %{x}: %{y:.4~g}",
        )
    figure.update_layout(height=CURVES_HEIGHT, showlegend=True)
    tick_whole(figure, longest)
    return styled(figure, "epoch", axis_words(metric))


def _by_epoch(runs: Sequence[Sequence[EpochMetrics]], metric: str) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    for epochs in runs:
        for row in epochs:
            value = row.metrics.get(metric)
            if value is not None:
                found.setdefault(row.epoch, []).append(value)
    return found

"""The pictures of a sweep: the result by each level, and all levels of each variant at once.

Drawn as lines and dots: Plotly's own parallel coordinates need WebGL, which not every browser has.
"""

import importlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any, cast

from builder.codegen.diagram.colors import BACKGROUND, BORDER, SIGNALS, TEXT
from builder.studies.figure_style import Figure, go, styled
from builder.studies.outcome import Results, VariantOutcome
from builder.studies.study import Study
from builder.studies.wording import POINTS, axis_words, unit

make_subplots: Any = importlib.import_module("plotly.subplots").make_subplots
colors: Any = importlib.import_module("plotly.colors")

_COLUMNS = 3
"""Plots side by side."""
_PLOT_PIXELS = 260
_PARALLEL_PIXELS = 420
_LOG_FROM = 30
"""Numbers whose largest is so many times the smallest are drawn on a logarithmic axis."""
_BINS = 12
"""Colors of the lines, from the worst to the best result."""
_MOST_TICKS = 8


@dataclass(frozen=True)
class _Axis:
    """What one axis shows.

    Attributes:
        name: What is varied.
        levels: By variant, as plain values.
    """

    name: str
    levels: tuple[Any, ...]

    @cached_property
    def is_numeric(self) -> bool:
        """Whether all levels are numbers."""
        return all(isinstance(v, int | float) and not isinstance(v, bool) for v in self.levels)

    @cached_property
    def is_log(self) -> bool:
        """Whether the numbers differ by so much that their ratios count."""
        numbers = self.levels if self.is_numeric else ()
        return bool(numbers) and min(numbers) > 0 and max(numbers) >= _LOG_FROM * min(numbers)

    @cached_property
    def distinct(self) -> tuple[Any, ...]:
        """The levels, each once: numbers in rising order, all else as it comes."""
        found = tuple(dict.fromkeys(self.levels))
        return tuple(sorted(found)) if self.is_numeric else found

    def place(self, level: Any) -> float:
        """Where a level stands, from 0 to 1."""
        if not self.is_numeric:
            return self.distinct.index(level) / max(1, len(self.distinct) - 1)
        low, high = self.distinct[0], self.distinct[-1]
        if low == high:
            return 0.5
        if self.is_log:
            return math.log(level / low) / math.log(high / low)
        return (level - low) / (high - low)


@dataclass(frozen=True)
class _Shown:
    """The variants that have a result."""

    keys: tuple[str, ...]
    outcomes: tuple[VariantOutcome, ...]
    results: tuple[float, ...]
    axes: tuple[_Axis, ...]


def by_level(study: Study, known: Results) -> Figure:
    """One plot for each thing that is varied: a dot for each variant, a line through the means."""
    shown = _shown(study, known)
    rows = max(1, math.ceil(len(shown.axes) / _COLUMNS))
    columns = max(1, math.ceil(len(shown.axes) / rows))
    figure = make_subplots(rows=rows, cols=columns, shared_yaxes=True, vertical_spacing=0.3 / rows)
    styled(figure, "", axis_words(study.objective.metric))
    for number, axis in enumerate(shown.axes):
        place = {"row": number // columns + 1, "col": number % columns + 1}
        levels = axis.levels if axis.is_numeric else tuple(map(str, axis.levels))
        distinct = axis.distinct if axis.is_numeric else tuple(map(str, axis.distinct))
        dots = _dots(study, shown)
        figure.add_scatter(
            x=[levels[at] for at, _ in dots],
            y=[result for _, result in dots],
            text=[shown.outcomes[at].title for at, _ in dots],
            customdata=[shown.keys[at] for at, _ in dots],
            mode="markers",
            marker={"color": SIGNALS["train"].light, "size": 8, "opacity": 0.5},
            hovertemplate="%{text}: %{y:.4~g}<extra></extra>",
            showlegend=False,
            **place,
        )
        joined = distinct if _can_be_joined(shown, distinct) else ()
        figure.add_scatter(
            x=joined,
            y=[_mean_at(level, levels, shown.results) for level in joined],
            mode="lines+markers",
            line={"color": TEXT["light"], "width": 1.5},
            marker={"color": TEXT["light"], "size": 7, "symbol": "diamond"},
            hovertemplate="%{x}: mean %{y:.4~g}<extra></extra>",
            showlegend=False,
            **place,
        )
        kind = "log" if axis.is_log else "linear" if axis.is_numeric else "category"
        figure.update_xaxes(title_text=axis.name, type=kind, **_ticks_of(axis), **place)
        if number % columns:
            figure.update_yaxes(title="", **place)
    figure.update_layout(
        height=80 + _PLOT_PIXELS * rows, meta=_table(shown, axis_words(study.objective.metric))
    )
    return figure


def parallel(study: Study, known: Results) -> Figure:
    """Parallel coordinates: a line for each variant through its levels to its result."""
    shown = _shown(study, known)
    axes = (*shown.axes, _Axis(axis_words(study.objective.metric), shown.results))
    figure = go.Figure()
    for color, members in _bins(shown.results):
        xs: list[float | None] = []
        ys: list[float | None] = []
        texts: list[str] = []
        keys: list[str] = []
        for at in members:
            xs += [*range(len(axes)), None]
            ys += [*(axis.place(axis.levels[at]) for axis in axes), None]
            texts += [f"{shown.outcomes[at].title}: {shown.results[at]:.4g}"] * (len(axes) + 1)
            keys += [shown.keys[at]] * (len(axes) + 1)
        figure.add_scatter(
            x=xs,
            y=ys,
            text=texts,
            customdata=keys,
            mode="lines+markers",
            line={"color": color, "width": 2},
            marker={"size": 5},
            opacity=0.8,
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    _draw_axes(figure, axes)
    table = _table(shown, axis_words(study.objective.metric))
    figure.update_layout(height=_PARALLEL_PIXELS, meta=table)
    return figure


def _table(shown: _Shown, result: str) -> dict[str, Any]:
    """What is saved as a table: a row for each variant, a column for each thing that is varied."""
    head = ["variant", *(axis.name for axis in shown.axes), result]
    titles = [each.title for each in shown.outcomes]
    columns = [titles, *(map(_exact, axis.levels) for axis in shown.axes), shown.results]
    return {"table": [head, *(list(row) for row in zip(*columns, strict=True))]}


def _draw_axes(figure: Figure, axes: Sequence[_Axis]) -> None:
    """Draws each axis as a line with its levels beside it."""
    styled(figure, "", "")
    names = [axis.name.replace(".", ".<br>", 1) for axis in axes]  # whole beside many others
    figure.update_xaxes(tickvals=list(range(len(axes))), ticktext=names, showgrid=False)
    figure.update_xaxes(range=[-0.3, len(axes) - 0.6], tickangle=0)
    figure.update_yaxes(visible=False, range=[-0.06, 1.06])
    for number, axis in enumerate(axes):
        line = {"color": BORDER["light"], "width": 1}
        figure.add_shape(type="line", x0=number, x1=number, y0=0, y1=1, line=line, layer="below")
        for level in _ticks(axis):
            figure.add_annotation(
                x=number,
                y=axis.place(level),
                text=_written(level),
                showarrow=False,
                xanchor="left",
                xshift=7,
                font={"size": 11},
                bgcolor=BACKGROUND["light"],
                opacity=0.85,
                borderpad=1,
            )


def _dots(study: Study, shown: _Shown) -> Sequence[tuple[int, float]]:
    """The places of variants, each with a result: of one factor alone, that of each seed."""
    if len(shown.axes) > 1:
        return tuple(enumerate(shown.results))
    scale = _scale(study)
    seeds = [each.values.values() for each in shown.outcomes]
    return [(at, scale * value) for at, values in enumerate(seeds) for value in values]


def _can_be_joined(shown: _Shown, distinct: Sequence[Any]) -> bool:
    """Whether a line through the means says something: not where each mean is one drawn dot."""
    return len(shown.axes) == 1 or len(shown.results) >= 2 * len(distinct)


def _ticks_of(axis: _Axis) -> dict[str, Any]:
    """The levels themselves as ticks, where they are few numbers; else powers of ten, if any."""
    if axis.is_numeric and len(axis.distinct) <= _MOST_TICKS:
        return {"tickvals": axis.distinct, "ticktext": [_written(each) for each in axis.distinct]}
    return {"dtick": 1, "exponentformat": "none"} if axis.is_log else {}


def _written(level: Any) -> str:
    return f"{level:.4g}" if isinstance(level, float) else str(level)


def _exact(level: Any) -> Any:
    return level if isinstance(level, int | float | str) else str(level)


def _ticks(axis: _Axis) -> Sequence[Any]:
    distinct = axis.distinct
    return distinct if len(distinct) <= _MOST_TICKS else (distinct[0], distinct[-1])


def _bins(results: Sequence[float]) -> list[tuple[str, list[int]]]:
    """The places of variants by the color of their result, the best ones last, on top."""
    if not results:
        return []
    low, high = min(results), max(results)
    found: Mapping[int, list[int]] = {number: [] for number in range(_BINS)}
    for at, result in enumerate(results):
        share = (result - low) / (high - low) if high > low else 1.0
        found[min(_BINS - 1, int(share * _BINS))].append(at)
    shades = colors.sample_colorscale("Viridis", [n / (_BINS - 1) for n in range(_BINS)])
    return [(shades[number], members) for number, members in found.items() if members]


def _shown(study: Study, known: Results) -> _Shown:
    rows = {key: row for key, row in known.variants.items() if row.mean is not None}
    scale = _scale(study)
    results = tuple(scale * row.mean for row in rows.values() if row.mean is not None)
    return _Shown(tuple(rows), tuple(rows.values()), results, tuple(_axes(study, rows)))


def _axes(study: Study, rows: Mapping[str, VariantOutcome]) -> list[_Axis]:
    """The axes, from the results alone: making hundreds of variants takes a second."""
    found: list[_Axis] = []
    levels = [dict(row.levels) for row in rows.values()]
    for factor in study.factors:
        base = factor.base(study.subject)
        values = [factor.axes(each.get(factor.name, base)) for each in levels]
        names = values[0] if values else ()
        found += [_Axis(name, tuple(_plain(each[name]) for each in values)) for name in names]
    return found


def _plain(level: Any) -> Any:
    """A level that can be compared; JSON has lists in the place of tuples."""
    return tuple(cast("Sequence[Any]", level)) if isinstance(level, list) else level


def _mean_at(level: Any, levels: Sequence[Any], results: Sequence[float]) -> float:
    return fmean(y for x, y in zip(levels, results, strict=True) if x == level)


def _scale(study: Study) -> float:
    return POINTS if unit(study.objective) else 1

"""The pictures of a study, as Plotly figures made from its results."""

import importlib
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from builder.codegen.diagram.colors import BORDER, SIGNALS, TEXT
from builder.studies.asked import Question, Study
from builder.studies.factors import Subject, Without
from builder.studies.wording import POINTS, unit

go: Any = importlib.import_module("plotly.graph_objects")  # its types say little
Figure = Any
Rows = Mapping[str, Mapping[str, Any]]
"""The variants of `results.json` by key."""

_LINE, _BAND, _TEXT = SIGNALS["train"].light, BORDER["light"], TEXT["light"]
_OTHER = SIGNALS["error"].light
_ROW_PIXELS = 46


def picture(study: Study, known: Mapping[str, Any]) -> Figure:
    """The picture of a study's question."""
    rows: Rows = known["variants"]
    if study.question is Question.DEGRADATION:
        return depths(study, rows)
    if study.question is Question.ABLATION:
        return forest(study, rows, known["comparisons"])
    return values_of_factors(study, rows)


def forest(study: Study, rows: Rows, comparisons: Mapping[str, Any]) -> Figure:
    """The difference of each variant to the base, with its interval and a dot for each seed.

    To the right of zero the base is better: the part is worth something.
    """
    figure = go.Figure()
    scale = POINTS if unit(study.objective) else 1
    shown = [key for key, found in comparisons.items() if found["mean"] is not None]
    titles = [rows[key]["title"] for key in shown]
    for key, title in zip(shown, titles, strict=True):
        seeds: Mapping[str, float] = comparisons[key]["differences"]
        figure.add_scatter(
            x=[scale * value for value in seeds.values()],
            y=[title] * len(seeds),
            mode="markers",
            marker={"color": _LINE, "opacity": 0.35, "size": 7},
            text=[f"seed {seed}" for seed in seeds],
            hovertemplate="%{text}: %{x:.2f}<extra></extra>",
            showlegend=False,
        )
    means = [comparisons[key]["mean"] for key in shown]
    ends = [[comparisons[key][end] for key in shown] for end in ("low", "high")]
    low, high = ([mean if v is None else v for v, mean in zip(e, means, strict=True)] for e in ends)
    figure.add_scatter(
        x=[scale * mean for mean in means],
        y=titles,
        mode="markers",
        marker={"color": _TEXT, "size": 11, "symbol": "diamond"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [scale * (h - m) for h, m in zip(high, means, strict=True)],
            "arrayminus": [scale * (m - v) for m, v in zip(means, low, strict=True)],
            "color": _TEXT,
            "thickness": 1.5,
        },
        hovertemplate="mean %{x:.2f}<extra></extra>",
        showlegend=False,
    )
    figure.add_vline(x=0, line={"color": _TEXT, "width": 1, "dash": "dot"})
    axis = f"What it is worth: {study.objective.metric}{unit(study.objective)}, base − variant"
    figure.update_layout(height=120 + _ROW_PIXELS * max(1, len(shown)))
    figure.update_yaxes(autorange="reversed", automargin=True)
    return _styled(figure, axis, "")


def depths(study: Study, rows: Rows) -> Figure:
    """Training and validation error against depth, with and without shortcuts.

    Bands reach from the lowest to the highest seed.
    """
    figure = go.Figure()
    depth = next(n for n, factor in enumerate(study.factors) if not isinstance(factor, Without))
    part = next(n for n, factor in enumerate(study.factors) if isinstance(factor, Without))
    metric = "accuracy" if unit(study.objective) else "loss"
    for has_it, color in ((True, _LINE), (False, _OTHER)):
        chosen = [v for v in study.trained if v.levels.get(part, True) is has_it]
        chosen.sort(key=lambda variant: variant.levels.get(depth, 1.0))
        word = "with" if has_it else "without"
        for prefix, dash, name in (("", "dot", "training"), ("val_", "solid", "validation")):
            found = {
                variant.levels.get(depth, 1.0): _errors(rows[variant.key], prefix + metric)
                for variant in chosen
            }
            places = [place for place, values in found.items() if values]
            if not places:
                continue
            figure.add_scatter(
                x=[*places, *reversed(places)],
                y=[*(max(found[p]) for p in places), *(min(found[p]) for p in reversed(places))],
                fill="toself",
                fillcolor=color,
                opacity=0.12,
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            )
            figure.add_scatter(
                x=places,
                y=[fmean(found[place]) for place in places],
                mode="lines+markers",
                line={"color": color, "dash": dash},
                name=f"{word} shortcuts, {name}",
            )
    figure.update_layout(height=420)
    shown = "Error in %" if metric == "accuracy" else "Loss"
    return _styled(figure, "Times as deep as the base", shown)


def _errors(row: Mapping[str, Any], metric: str) -> list[float]:
    """A metric of all seeds; of an accuracy the error in percent."""
    values = [run["metrics"].get(metric) for run in row["runs"].values()]
    found = [value for value in values if value is not None]
    return [POINTS * (1 - v) for v in found] if metric.endswith("accuracy") else found


def values_of_factors(study: Study, rows: Rows) -> Figure:
    """Parallel coordinates: the levels of each variant and what it came to."""
    shown = [v for v in study.trained if _values(rows[v.key])]
    results = [fmean(_values(rows[variant.key])) for variant in shown]
    dimensions: list[dict[str, Any]] = []
    for number, factor in enumerate(study.factors):
        base = factor.base(Subject(study.architecture, study.settings))
        levels = [variant.levels.get(number, base) for variant in shown]
        dimensions.append(_dimension(factor.name, levels))
    scale = POINTS if unit(study.objective) else 1
    label = f"{study.objective.metric}{' in %' if unit(study.objective) else ''}"
    dimensions.append({"label": label, "values": [scale * value for value in results]})
    line = {"color": results, "colorscale": "Viridis"}
    figure = go.Figure(go.Parcoords(line=line, dimensions=dimensions))
    figure.update_layout(height=420)
    return _styled(figure, "", "")


def _dimension(name: str, levels: Sequence[Any]) -> dict[str, Any]:
    """One axis: numbers as they are, names at even distances."""
    numbers = [v for v in levels if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(levels):
        return {"label": name, "values": list(levels)}
    names = list(dict.fromkeys(str(level) for level in levels))
    places = [names.index(str(level)) for level in levels]
    return {
        "label": name,
        "values": places,
        "tickvals": list(range(len(names))),
        "ticktext": names,
    }


def _values(row: Mapping[str, Any]) -> list[float]:
    return [run["value"] for run in row["runs"].values() if run["value"] is not None]


def _styled(figure: Figure, x: str, y: str) -> Figure:
    figure.update_layout(
        template="plotly_white",
        font={"family": "system-ui, sans-serif", "size": 13, "color": _TEXT},
        margin={"l": 60, "r": 30, "t": 30, "b": 60},
        legend={"orientation": "h", "y": -0.25},
    )
    figure.update_xaxes(title=x, gridcolor=_BAND)
    figure.update_yaxes(title=y, gridcolor=_BAND)
    return figure

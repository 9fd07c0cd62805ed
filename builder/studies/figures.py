"""The pictures of a study, as Plotly figures made from its results."""

from collections.abc import Mapping
from statistics import fmean

from builder.codegen.diagram.colors import SIGNALS, TEXT
from builder.studies.factors import Without
from builder.studies.figure_style import Figure, go, styled, wrapped
from builder.studies.outcome import Results, VariantOutcome
from builder.studies.search_figures import accuracy_against_cost, best_so_far, importances
from builder.studies.study import Question, Study
from builder.studies.sweep_figures import by_level, parallel
from builder.studies.verdict import Comparison
from builder.studies.wording import POINTS, unit

Rows = Mapping[str, VariantOutcome]
"""Variants by key."""

_LINE, _TEXT = SIGNALS["train"].light, TEXT["light"]
_OTHER = SIGNALS["error"].light
_ROW_PIXELS = 46
_LINE_PIXELS = 22
"""The same of each line of a title."""


def picture(study: Study, known: Results) -> Figure:
    """The picture of a study's question."""
    return next(iter(pictures(study, known).values()))


def pictures(study: Study, known: Results) -> dict[str, Figure]:
    """All pictures of a study by their titles, that of its question first."""
    rows = known.variants
    if study.question is Question.SEARCH:
        found = {
            "Accuracy against parameters": accuracy_against_cost(study, known, "params"),
            "Accuracy against MACs": accuracy_against_cost(study, known, "macs"),
            "Best so far": best_so_far(study, known),
        }
        return found | ({"Importance": importances(known)} if known.importances else {})
    if study.question is Question.DEGRADATION:
        return {"Error against depth": depths(study, rows)}
    if study.question is Question.ABLATION:
        return {"What each part is worth": forest(study, rows, known.comparisons)}
    found = {"Result by level": by_level(study, known)}
    several = len(study.factors) > 1
    return found | ({"All levels at once": parallel(study, known)} if several else {})


def forest(study: Study, rows: Rows, comparisons: Mapping[str, Comparison]) -> Figure:
    """The difference of each variant to the base, with its interval and a dot for each seed.

    To the right of zero the base is better: the part is worth something.
    """
    figure = go.Figure()
    scale = POINTS if unit(study.objective) else 1
    shown = {key: found.mean for key, found in comparisons.items() if found.mean is not None}
    titles = [rows[key].title for key in shown]
    dots = [
        (scale * value, title, f"seed {seed}", key)
        for key, title in zip(shown, titles, strict=True)
        for seed, value in comparisons[key].differences.items()
    ]
    figure.add_scatter(
        x=[x for x, _, _, _ in dots],
        y=[title for _, title, _, _ in dots],
        text=[seed for _, _, seed, _ in dots],
        customdata=[key for _, _, _, key in dots],
        mode="markers",
        marker={"color": _LINE, "opacity": 0.6, "size": 7},
        name="seeds",
        hovertemplate="%{text}: %{x:.2f}<extra></extra>",
        showlegend=False,
    )
    means = list(shown.values())
    ends = [comparisons[key].ends or (mean, mean) for key, mean in shown.items()]
    figure.add_scatter(
        x=[scale * mean for mean in means],
        y=titles,
        customdata=list(shown),
        mode="markers",
        marker={"color": _TEXT, "size": 11, "symbol": "diamond"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [scale * (high - m) for (_, high), m in zip(ends, means, strict=True)],
            "arrayminus": [scale * (m - low) for (low, _), m in zip(ends, means, strict=True)],
            "color": _TEXT,
            "thickness": 1.5,
        },
        name="mean, 95 % interval",
        hovertemplate="mean %{x:.2f}<extra></extra>",
        showlegend=False,
    )
    figure.add_vline(x=0, line={"color": _TEXT, "width": 1, "dash": "dot"})
    axis = f"What it is worth: {study.objective.metric}{unit(study.objective)}, base − variant"
    named = [wrapped(title) for title in titles]
    lines = max((name.count("<br>") + 1 for name in named), default=1)
    figure.update_layout(height=120 + max(_ROW_PIXELS, _LINE_PIXELS * lines) * max(1, len(shown)))
    ends_of_rows = [max(1, len(titles)) - 0.5, -0.5]  # the first one on top
    figure.update_yaxes(range=ends_of_rows, tickvals=titles, ticktext=named, automargin=True)
    return styled(figure, axis, "")


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
                mode="lines",
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
    places = sorted({variant.levels.get(depth, 1.0) for variant in study.trained})
    figure.update_xaxes(tickvals=places, ticktext=[f"{place:g}" for place in places])
    figure.update_layout(height=420)
    shown = "Error in %" if metric == "accuracy" else "Loss"
    return styled(figure, "Times as deep as the base", shown)


def _errors(row: VariantOutcome, metric: str) -> list[float]:
    """A metric of all seeds; of an accuracy the error in percent."""
    found = [run.metrics[metric] for run in row.runs.values() if metric in run.metrics]
    return [POINTS * (1 - v) for v in found] if metric.endswith("accuracy") else found

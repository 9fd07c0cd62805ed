"""The pictures of a search: accuracy against cost, the best so far, and what mattered."""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Literal

from builder.codegen.diagram.colors import SIGNALS, TEXT
from builder.studies.candidates import Origin
from builder.studies.figure_style import Figure, go, styled, tick_whole
from builder.studies.outcome import Results, VariantOutcome
from builder.studies.study import Study
from builder.studies.variants import BASE
from builder.studies.winners import pareto_front
from builder.studies.wording import POINTS, axis_words, unit

Cost = Literal["params", "macs"]
COST_WORDS = {"params": "Parameters", "macs": "MACs"}

_COLORS = {Origin.SEARCH: SIGNALS["train"].light, Origin.RANDOM: SIGNALS["error"].light}
_TEXT = TEXT["light"]


def accuracy_against_cost(study: Study, known: Results, cost: Cost = "params") -> Figure:
    """Each candidate at its cost and objective, and the front that no candidate beats.

    A star is a winner, or another one of the front, at the mean of its fresh seeds.
    """
    figure = go.Figure()
    scale = _scale(study)
    trained = {k: each for k, each in known.variants.items() if _cost(each, cost) is not None}
    for origin, word in _origins(study):
        shown = [
            (key, known.trained_as(key))
            for key, each in trained.items()
            if each.origin is origin and known.trained_as(key).mean is not None
        ]
        figure.add_scatter(
            x=[_cost(each, cost) for _, each in shown],
            y=[scale * (each.mean or 0) for _, each in shown],
            customdata=[key for key, _ in shown],
            text=[each.title for _, each in shown],
            mode="markers",
            marker={"color": _COLORS[origin], "size": 8, "opacity": 0.7},
            name=word,
            hovertemplate="%{text}<br>%{x:,} → %{y:.2f}<extra></extra>",
        )
    _add_front(figure, study, trained, cost)
    _add_marks(figure, study, known, cost)
    figure.update_layout(height=420)
    return styled(figure, COST_WORDS[cost], axis_words(study.objective.metric))


def _add_front(
    figure: Figure, study: Study, trained: Mapping[str, VariantOutcome], cost: Cost
) -> None:
    """The line through the candidates that no other one beats; one alone makes no line."""
    costs = {key: _cost(each, cost) or 0 for key, each in trained.items()}
    front = pareto_front(trained, costs, study.objective.higher_is_better)
    if len(front) < 2:
        return
    figure.add_scatter(
        x=[costs[key] for key in front],
        y=[_scale(study) * (trained[key].mean or 0) for key in front],
        mode="lines",
        line={"color": _TEXT, "width": 1, "shape": "hv"},
        name="Pareto front",
        hoverinfo="skip",
    )


def _add_marks(figure: Figure, study: Study, known: Results, cost: Cost) -> None:
    """The base and what is trained again, at what counts: fresh seeds where there are any."""
    marks = [((BASE,), "diamond", "base"), (known.winners, "star", "winner, fresh seeds")]
    if known.front:
        marks.append((known.front, "star-open", "front, fresh seeds"))
    for keys, symbol, word in marks:
        found = {key: known.variants[key] for key in keys if key in known.variants}
        means = {key: each.reported_mean for key, each in found.items()}
        _add_mark(figure, study, found, means, cost, symbol, word)
    base = known.variants.get(BASE)
    if base is not None and base.fresh_values:  # what the front compares with the candidates
        means = {BASE: base.mean}
        _add_mark(figure, study, {BASE: base}, means, cost, "diamond-open", "base, first seeds")


def _add_mark(
    figure: Figure,
    study: Study,
    found: Mapping[str, VariantOutcome],
    means: Mapping[str, float | None],
    cost: Cost,
    symbol: str,
    word: str,
) -> None:
    """Some variants at one of their means; those without it are left out."""
    keys = [key for key, mean in means.items() if mean is not None]
    figure.add_scatter(
        x=[_cost(found[key], cost) for key in keys],
        y=[_scale(study) * (means[key] or 0) for key in keys],
        customdata=keys,
        text=[found[key].title for key in keys],
        mode="markers",
        marker={"color": _TEXT, "size": 13, "symbol": symbol},
        name=word,
        hovertemplate="%{text}<br>%{x:,} → %{y:.2f}<extra></extra>",
    )


def best_so_far(study: Study, known: Results) -> Figure:
    """The best objective after so many candidates, of the search and of the random one beside."""
    figure = go.Figure()
    better = max if study.objective.higher_is_better else min
    for origin, word in _origins(study):
        means = [
            known.trained_as(key).mean
            for key, each in known.variants.items()
            if each.origin is origin
        ]
        values = [_scale(study) * mean for mean in means if mean is not None]
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=list(accumulate(values, better)),
            mode="lines+markers",
            line={"color": _COLORS[origin], "shape": "hv"},
            name=word,
        )
    figure.update_layout(height=360)
    figure.update_xaxes(zeroline=False)
    tick_whole(figure, max((len(trace.x) for trace in figure.data), default=0))
    label = f"Best {axis_words(study.objective.metric)} so far"
    return styled(figure, "Candidates trained", label)


def importances(known: Results) -> Figure:
    """How much of the objective's spread each factor accounts for."""
    shares = sorted(known.importances.items(), key=lambda pair: pair[1])
    figure = go.Figure(
        go.Bar(
            x=[100 * share for _, share in shares],
            y=[name for name, _ in shares],
            orientation="h",
            marker={"color": _COLORS[Origin.SEARCH]},
        )
    )
    figure.update_layout(height=120 + 32 * max(1, len(shares)))
    figure.update_yaxes(automargin=True)
    return styled(figure, "Importance in %", "")


def _origins(study: Study) -> Iterable[tuple[Origin, str]]:
    yield Origin.SEARCH, study.search.noun
    if study.search.has_random_beside:
        yield Origin.RANDOM, "random search beside"


def _cost(outcome: VariantOutcome, cost: Cost) -> int | None:
    return outcome.params if cost == "params" else outcome.macs


def _scale(study: Study) -> float:
    return POINTS if unit(study.objective) else 1

"""Which variants came out best: of a grid over scalings, and of two objectives."""

from collections.abc import Mapping, Sequence

from builder.studies.factors import compound_of
from builder.studies.outcome import Results, VariantOutcome
from builder.studies.study import Question, Study
from builder.studies.variants import BASE
from builder.transforms.scaling import Compound


def best_scaling(study: Study, known: Results) -> Compound | None:
    """The factors α, β, γ that came out best, at φ = 1; None where nothing is known yet.

    The base is left out: it is smaller than all others.
    """
    if study.question is not Question.SCALING:
        return None
    scaled = {variant.key: variant for variant in study.trained if variant.key != BASE}
    outcomes = {key: known.variants[key] for key in scaled if key in known.variants}
    best = best_of(outcomes, study.objective.higher_is_better)
    if best is None:
        return None
    (level,) = scaled[best].levels.values()
    return compound_of(level)


def best_of(outcomes: Mapping[str, VariantOutcome], higher_is_better: bool) -> str | None:
    """The key of the best variant, the first of several; None where none has a value."""
    means = {key: each.mean for key, each in outcomes.items()}
    finished = {key: mean for key, mean in means.items() if mean is not None}
    better = max if higher_is_better else min
    return better(finished, key=finished.__getitem__, default=None)


def pareto_front(
    outcomes: Mapping[str, VariantOutcome], costs: Mapping[str, int], higher_is_better: bool
) -> tuple[str, ...]:
    """The variants that no other one beats in both the objective and a cost, cheapest first.

    Args:
        outcomes: Variants by key; those without a value are left out.
        costs: What each costs: parameters or MACs.
        higher_is_better: Whether a larger objective is better.
    """
    means = {key: each.mean for key, each in outcomes.items() if each.mean is not None}
    return front_of(means, costs, higher_is_better)


def front_of(
    values: Mapping[str, float], costs: Mapping[str, float], higher_is_better: bool
) -> tuple[str, ...]:
    """The keys of the values that no other one beats in both value and cost, cheapest first."""
    sign = 1 if higher_is_better else -1
    points = {key: sign * value for key, value in values.items()}
    front: list[str] = []
    for key in sorted(points, key=lambda key: (costs[key], -points[key])):
        if not front or points[key] > points[front[-1]]:
            front.append(key)
    return tuple(front)


def evenly(keys: Sequence[str], number: int) -> tuple[str, ...]:
    """Takes a number of keys, evenly spread and with both ends; of one alone the last."""
    if number == 1:
        return tuple(keys[-1:])
    if len(keys) <= number:
        return tuple(keys)
    last = len(keys) - 1
    return tuple(keys[round(place * last / (number - 1))] for place in range(number))

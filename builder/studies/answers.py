"""What may be said of a study as a whole, in one or two sentences."""

from collections.abc import Callable, Iterator, Mapping
from statistics import fmean

from builder.checks.wording import count
from builder.studies.candidates import Origin
from builder.studies.factors import ScalingFactor, Without
from builder.studies.outcome import Results, VariantOutcome
from builder.studies.study import Question, Study
from builder.studies.variants import BASE
from builder.studies.verdict import Comparison, Verdict
from builder.studies.winners import best_scaling, front_of
from builder.studies.wording import (
    COST_NOUNS,
    POINTS,
    objective_words,
    over_budget_words,
    scaling_words,
    unit,
    value_words,
    verdict_words,
)

_NAMED = 3
"""How many variants are named; of the others the number is told."""
_REAL = (Verdict.WORTH, Verdict.BETTER_WITHOUT)
_NONE = (Verdict.NOT_DISTINGUISHABLE, Verdict.SAME)


def answer(study: Study, known: Results | None) -> tuple[str, ...]:
    """The answer to a study's question as far as it is known, in sentences."""
    if known is None or not any(row.values for row in known.variants.values()):
        return ("Nothing can be said yet.",)
    return tuple(_ANSWERS[study.question](study, known))


def _of_comparisons(study: Study, known: Results) -> Iterator[str]:
    """Real differences, the largest first, then what could not be told apart from the base."""
    found = {
        known.variants[key].title: each
        for key, each in known.comparisons.items()
        if each.differences
    }
    real = {title: each for title, each in found.items() if each.verdict in _REAL}
    largest = sorted(real, key=lambda title: -abs(real[title].mean or 0.0))
    if largest:
        told = [
            f"{title} – {verdict_words(real[title], study.objective)}" for title in largest[:_NAMED]
        ]
        yield _sentence(f"{'; '.join(told)}{_others(len(largest))}")
    same = [title for title, each in found.items() if each.verdict in _NONE]
    if same:
        yield _sentence(f"not distinguishable from the base: {_listed(same)}")
    unclear = [title for title, each in found.items() if each.verdict is Verdict.INCONCLUSIVE]
    if unclear:
        yield _sentence(f"more seeds may tell what is still open: {_listed(unclear)}")
    open_ones = [each for each in found.values() if each.verdict is Verdict.UNDECIDED]
    if open_ones:
        yield _undecided(open_ones, len(found))
    if not found:
        yield "The base and its variants have no seed in common yet."


def _undecided(open_ones: list[Comparison], number: int) -> str:
    seeds = min(len(each.differences) for each in open_ones)
    which = "Nothing" if len(open_ones) == number else "The rest"
    verb = "cannot be decided" if which == "The rest" else "can be decided"
    needed = max(each.seeds_needed for each in open_ones)
    return f"{which} {verb} with {count(seeds, 'seed')}; {needed} would do."


def _of_depths(study: Study, known: Results) -> Iterator[str]:
    """Training error at the smallest and the largest depth, with and without shortcuts."""
    depth = next(f.name for f in study.factors if isinstance(f, ScalingFactor))
    part = next(f.name for f in study.factors if isinstance(f, Without))
    metric = "accuracy" if unit(study.objective) else "loss"
    told: list[str] = []
    for has_it, name in ((False, "without shortcuts"), (True, "with them")):
        errors = _errors(known, metric, depth, part, has_it=has_it)
        if len(errors) > 1:
            (low, first), (high, last) = min(errors.items()), max(errors.items())
            told.append(
                f"{name} {_error(first, metric)} at {low:g}×, {_error(last, metric)} at {high:g}×"
            )
    if not told:
        yield "Nothing can be said yet: two depths have to be trained."
        return
    what = "Training error" if metric == "accuracy" else "Training loss"
    yield f"{what} by depth: {'; '.join(told)}."
    yield from _of_comparisons(study, known)


def _errors(
    known: Results, metric: str, depth: str, part: str, *, has_it: bool
) -> dict[float, float]:
    """The mean training error, or loss, by depth."""
    found: dict[float, float] = {}
    for row in known.variants.values():
        levels = dict(row.levels)
        values = [run.metrics[metric] for run in row.runs.values() if metric in run.metrics]
        if levels.get(part, True) is has_it and values:
            mean = fmean(values)
            found[levels.get(depth, 1.0)] = 1 - mean if metric == "accuracy" else mean
    return found


def _error(value: float, metric: str) -> str:
    return f"{POINTS * value:.1f} %" if metric == "accuracy" else f"{value:.3g}"


def _of_values(study: Study, known: Results) -> Iterator[str]:
    """The best variant, beside the base, and how far that may be relied on."""
    best_of: Callable[..., VariantOutcome] = max if study.objective.higher_is_better else min
    rows = [row for row in known.variants.values() if row.mean is not None]
    best = best_of(rows, key=lambda row: row.mean or 0.0)
    base = known.variants.get(BASE)
    beside = (
        f"; the base has {value_words(base.mean, study.objective)}"
        if base is not None and base.mean is not None and base is not best
        else ""
    )
    value = value_words(best.mean, study.objective)
    yield _sentence(f"best {objective_words(study.objective)}: {best.title} with {value}{beside}")
    if len(rows) > 1:
        yield _too_good(len(rows))


def _of_search(study: Study, known: Results) -> Iterator[str]:
    """The winner beside the base, then that of the random search, all on fresh seeds."""
    if not known.winners:
        yield from _of_values(study, known)
    for key in known.winners:
        row = known.variants[key]
        by = "at random" if row.origin is Origin.RANDOM else f"by {study.search.noun}"
        told = f"best {by}: {row.title}"
        if row.reported_mean is not None:
            value = value_words(row.reported_mean, study.objective)
            told += (
                f" with {value}{' on fresh seeds' if row.fresh_values else ', not yet confirmed'}"
            )
        found = known.comparisons.get(key)
        if found is not None and found.differences:
            told += f" – {verdict_words(found, study.objective)}"
        yield _sentence(told)
    yield from _front(study, known)
    yield from filter(None, [over_budget_words(study)])


def _front(study: Study, known: Results) -> Iterator[str]:
    """What is left on the front of two objectives with fresh seeds."""
    cost = study.search.cost
    again = {key: known.variants[key] for key in (*known.winners, *known.front)}
    means = {
        key: fmean(row.fresh_values.values()) for key, row in again.items() if row.fresh_values
    }
    if not cost or not means:
        return
    costs = {key: getattr(again[key], cost) for key in means}
    left = front_of(means, costs, study.objective.higher_is_better)
    told = [
        f"{again[key].title} with {value_words(means[key], study.objective)} and "
        f"{costs[key]:,} {COST_NOUNS[cost]}"
        for key in reversed(left)
    ]
    number = count(len(means), "candidate")
    yield f"Front with fresh seeds, of {number} that had them: {'; '.join(told)}."


def _of_scaling(study: Study, known: Results) -> Iterator[str]:
    """The best factors at φ = 1."""
    best = best_scaling(study, known)
    if best is None:
        yield "Nothing can be said yet: only the base was trained."
        return
    rows = [row for key, row in known.variants.items() if key != BASE and row.mean is not None]
    ends = max if study.objective.higher_is_better else min
    value = ends(row.mean for row in rows if row.mean is not None)
    yield f"Best at φ = 1: {scaling_words(best)} with {value_words(value, study.objective)}."
    if len(rows) > 1:
        yield _too_good(len(rows))


def _too_good(number: int) -> str:
    return (
        f"The best of {number} is a little too good: train it once more with other seeds before "
        "you rely on the figure."
    )


def _listed(titles: list[str]) -> str:
    return f"{', '.join(titles[:_NAMED])}{_others(len(titles))}"


def _others(number: int) -> str:
    more = number - _NAMED
    return f", and {more} more" if more > 0 else ""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


_ANSWERS: Mapping[Question, Callable[[Study, Results], Iterator[str]]] = {
    Question.ABLATION: _of_comparisons,
    Question.DEGRADATION: _of_depths,
    Question.SWEEP: _of_values,
    Question.SEARCH: _of_search,
    Question.SCALING: _of_scaling,
}

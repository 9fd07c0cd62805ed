"""What may be said of a search, and of a grid over scalings, in a few sentences."""

from collections.abc import Iterator

from builder.studies.asked import Study
from builder.studies.candidates import Origin
from builder.studies.outcome import Results, VariantOutcome
from builder.studies.winners import best_of, best_scaling
from builder.studies.wording import scaling_words, value_words, verdict_words


def of_search(study: Study, known: Results) -> Iterator[str]:
    """The winner on fresh seeds beside the base, and what the random search beside it found."""
    if not known.winners:
        yield from _so_far(study, known)
        return
    for key in known.winners:
        winner = known.variants[key]
        by_chance = " at random" if winner.origin is Origin.RANDOM else ""
        told = f"The best found{by_chance} is {winner.title}: {_value(study, winner)}"
        compared = known.comparisons.get(key)
        if compared and compared.differences:
            told += f", {verdict_words(compared, study.objective)}"
        yield f"{told}."
    if study.search.has_random_beside and len(known.winners) == 1:
        yield "The random search beside found nothing better than this or the base."


def _so_far(study: Study, known: Results) -> Iterator[str]:
    candidates = {key: each for key, each in known.variants.items() if each.origin is not None}
    best = best_of(candidates, study.objective.higher_is_better)
    if best is None:
        yield "Nothing can be said yet: no candidate has been trained."
        return
    number = sum(each.mean is not None for each in candidates.values())
    yield (
        f"Best of {number} candidates so far: {candidates[best].title} with "
        f"{value_words(candidates[best].mean, study.objective)}. The best of many is good by "
        "chance as well: in the end it is trained again on fresh seeds."
    )


def _value(study: Study, winner: VariantOutcome) -> str:
    seeds = len(winner.fresh_values)
    value = value_words(winner.reported_mean, study.objective)
    if not seeds:
        return f"{value}, not yet trained on fresh seeds"
    return f"{value} on {'1 fresh seed' if seeds == 1 else f'{seeds} fresh seeds'}"


def of_scaling(study: Study, known: Results) -> Iterator[str]:
    """The factors that came out best at about twice the cost."""
    found = best_scaling(study, known)
    if found is None:
        yield "Nothing can be said yet: no scaled network has been trained."
        return
    yield (
        f"At about twice the cost {scaling_words(found)} is best so far; these factors can be "
        "taken over in the Scale dialog."
    )

"""Results of a study in words: the one place that turns verdicts and figures into sentences."""

from builder.checks.wording import count
from builder.studies.foresight import half_width, seeds_needed
from builder.studies.outcome import VariantOutcome
from builder.studies.study import Objective, Standing, Study
from builder.studies.verdict import Comparison, Verdict
from builder.transforms.scaling import Compound

MINUS = "−"
POINTS = 100
COST_NOUNS = {"params": "parameters", "macs": "MACs"}


def verdict_words(found: Comparison, objective: Objective) -> str:
    """What may be concluded of a variant: `worth 1.9 points, 95 % between 0.8 and 3.1`.

    Args:
        found: The variant beside the base.
        objective: What variants are judged by.
    """
    verdict = found.verdict
    seeds = count(len(found.differences), "seed")
    if verdict is Verdict.SAME:
        return f"exactly the same with {seeds}"
    if verdict is Verdict.UNDECIDED or found.mean is None or not found.ends:
        if found.differences and not any(found.differences.values()):
            return (
                f"exactly the same with {seeds}, too few to decide; {found.seeds_needed} would do"
            )
        return f"with {seeds} this cannot be decided; {found.seeds_needed} would do"
    if verdict in (Verdict.NOT_DISTINGUISHABLE, Verdict.INCONCLUSIVE):
        changes = sorted(change(end, objective) for end in found.ends)
        low, high = (signed(end, objective) for end in changes)
        between = f"between {low} and {high}{unit(objective)}"
        if verdict is Verdict.NOT_DISTINGUISHABLE:
            return f"not distinguishable: {between}"
        return f"open, as interval and test disagree: {between}, p = {found.adjusted:.2g}"
    better_without = verdict is Verdict.BETTER_WITHOUT
    sign = -1 if better_without else 1
    ends = sorted(sign * end for end in found.ends)
    low, high = (amount(end, objective) for end in ends)
    worth = amount(abs(found.mean), objective)
    if better_without:
        return f"better by {worth}{unit(objective)} than the base, 95 % between {low} and {high}"
    return f"worth {worth}{unit(objective)}, 95 % between {low} and {high}"


def row_words(
    row: VariantOutcome, found: Comparison | None, objective: Objective
) -> tuple[str, int, str]:
    """What a variant came to: its mean, the number of its seeds, and what may be concluded.

    Args:
        row: The variant and its trainings.
        found: Its comparison; None where there is none.
        objective: What variants are judged by.
    """
    seeds = len(row.reported)
    mean = value_words(row.reported_mean, objective)
    if row.problem:
        return mean, seeds, row.obstacle
    return mean, seeds, verdict_words(found, objective) if found and found.differences else ""


def foresight_words(others: int, seeds: int) -> str:
    """What a study will be able to tell, as a sentence.

    Args:
        others: The variants that are compared with the base.
        seeds: How often each is trained.
    """
    if not others:
        return (
            "Nothing is compared: that takes the base, with the values that the network has now, "
            "and another variant."
        )
    needed = seeds_needed(others)
    if seeds < needed:
        given, beside = count(seeds, "seed"), count(others, "variant")
        return (
            f"With {given} no difference can be called real; with {beside} beside the base "
            f"{needed} would do."
        )
    return (
        f"It will tell differences that are larger than about {half_width(seeds):.2f} times their "
        "own deviation from seed to seed."
    )


def change(worth: float, objective: Objective) -> float:
    """What the variant's metric is above the base's, where the base is better by `worth`."""
    return -worth if objective.higher_is_better else worth


def unit(objective: Objective) -> str:
    """What differences are counted in: points of accuracy; a loss has no unit."""
    return " points" if objective.metric.endswith("accuracy") else ""


def amount(value: float, objective: Objective) -> str:
    """A difference as a number: `1.9` points, `0.042` of a loss."""
    shown = f"{POINTS * value:z.1f}" if unit(objective) else f"{value:z.3g}"
    return shown.replace("-", MINUS)


def signed(value: float, objective: Objective) -> str:
    """A difference with its sign: `+0.9`."""
    shown = amount(value, objective)
    return shown if shown.startswith(MINUS) else f"+{shown}"


def value_words(value: float | None, objective: Objective) -> str:
    """The objective of a run: `98.3 %`, `0.0421`."""
    if value is None:
        return ""
    return f"{POINTS * value:.1f} %" if unit(objective) else f"{value:.4g}"


def objective_words(objective: Objective) -> str:
    """What variants are judged by: `val_accuracy of the last epoch`."""
    return f"{objective.metric} of the {objective.at} epoch"


def axis_words(metric: str) -> str:
    """What an axis shows: `val_accuracy in %`, `loss`."""
    return f"{metric} in %" if metric.endswith("accuracy") else metric


def search_words(study: Study) -> str:
    """What a search trains: `50 candidates by TPE, 50 at random, the winner with 6 fresh seeds`."""
    trials = study.search.trials
    found = f"{trials} candidates by {study.search.noun}"
    if study.search.has_random_beside:
        found += f", {trials} at random"
    number = study.search.num_of_front
    again = f"up to {number} of the front" if number > 1 else "the winner"
    return f"{found}, {again} with {count(study.search.fresh_seeds, 'fresh seed')}"


def over_budget_words(study: Study) -> str:
    """Says that the base of a search exceeds the budget; empty where it does not."""
    base = study.base
    if base is None or base.problem is None or not study.only_fresh(base):
        return ""
    return (
        f"The base is over the budget itself ({base.problem.message}): it is trained with fresh "
        "seeds only, to compare the winner with."
    )


def scaling_words(found: Compound) -> str:
    """Factors at φ = 1: `α 1.2, β 1.1, γ 1.15`."""
    return f"α {found.depth:g}, β {found.width:g}, γ {found.resolution:g}"


def standing_words(standing: Standing, message: str) -> str:
    """How a study stands."""
    return {
        Standing.RUNNING: "running",
        Standing.WAITING: "waiting for the device: other trainings go first",
        Standing.LEFT: f"waiting for runs that were paused: {message}",
        Standing.HELD_UP: f"a training cannot be started: {message}",
        Standing.PAUSED: "paused",
        Standing.STOPPED: "stopped",
        Standing.DONE: "done",
    }[standing]

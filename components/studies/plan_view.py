"""What a study would train: its variants with their costs, the time, and what it can tell."""

from collections.abc import Callable
from dataclasses import replace
from html import escape

import streamlit as st

from builder.actions.study_memory import StudyMemory
from builder.checks.time_estimate import roughly
from builder.network.inference import infer
from builder.studies.foresight import seeds_needed
from builder.studies.problems import obstacle_words, problem_text
from builder.studies.study import Study
from builder.studies.variants import Variant
from builder.studies.wording import foresight_words, over_budget_words, search_words
from builder.system.level import Level
from components.shell import Fact, facts, notice
from components.shell import format as fmt

_SHOWN = 300
"""Rows of the table; a study may have a thousand variants."""


def to_html(study: Study) -> str:
    """The table of variants."""
    rows = "".join(_row(one, study) for one in study.variants[:_SHOWN])
    heads = "".join(f"<th>{name}</th>" for name in ("Variant", "Output", "Params", "", "MACs", ""))
    more = len(study.variants) - _SHOWN
    told = f'<p class="cs-more">{fmt.plural(more, "more variant")}</p>' if more > 0 else ""
    if study.is_search:
        told += f'<p class="cs-more">And {escape(search_words(study))}.</p>'
    return (
        f'<div class="cs-scroll"><table class="cs-table cs-plan"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{told}"
    )


def draw_cost(
    study: Study,
    seconds: float | None,
    memory: StudyMemory | None,
    choose_seeds: Callable[[int], None],
) -> None:
    """Draws how much there is to train, how long that takes, and what it can tell.

    Args:
        study: The study as it is planned.
        seconds: How long it takes; None where that is not known.
        memory: What the variant that needs the most takes; likewise.
        choose_seeds: Called with a number of seeds that can tell more; of a search, of fresh ones.
    """
    facts(_cost(study, seconds), key="cs-study-cost")
    if memory is not None:
        st.html(f'<p class="cs-study-memory">{escape(memory.words)}</p>')
    if over := over_budget_words(study):
        notice(Level.INFO, over)
    seeds = len(study.fresh_seeds if study.is_search else study.seeds)
    needed = seeds_needed(study.compared) if study.compared else 0
    can_tell = study.compared and seeds >= needed
    notice(Level.INFO if can_tell else Level.WARNING, foresight_words(study.compared, seeds))
    if seeds < needed:
        name = "fresh seeds" if study.is_search else "seeds"
        st.button(
            f"Use {needed} {name}", key="cs-study-enough", on_click=choose_seeds, args=(needed,)
        )


def _cost(study: Study, seconds: float | None) -> list[Fact]:
    time = [Fact(roughly(seconds), "")] if seconds is not None else []
    trainings = Fact(f"{study.planned:,}", "training" if study.planned == 1 else "trainings")
    if study.is_search:
        return [replace(trainings, value=f"at most {trainings.value}"), *time]
    left_out = len(study.variants) - len(study.trained)
    warned = [Fact(fmt.count(left_out), "not trained", level=Level.WARNING)] if left_out else []
    return [
        Fact(fmt.count(len(study.trained)), "variant" if len(study.trained) == 1 else "variants"),
        Fact(f"× {len(study.seeds)}", "seed" if len(study.seeds) == 1 else "seeds"),
        replace(trainings, value=f"= {trainings.value}"),
        *time,
        *warned,
    ]


def _row(variant: Variant, study: Study) -> str:
    base = study.base
    known = infer(variant.architecture) if variant.architecture is not None else None
    shapes = " + ".join(map(fmt.shape, known.output_shapes)) if known else fmt.UNKNOWN
    cells = (
        shapes,
        fmt.count(variant.params),
        _change(variant.params, base.params if base else None, fmt.count),
        f'<span title="{fmt.count(variant.macs)}">{_quantity(variant.macs)}</span>',
        _change(variant.macs, base.macs if base else None, _quantity),
    )
    only_fresh = study.only_fresh(variant)
    kind = "" if variant.is_trained or only_fresh else ' class="cs-left-out"'
    why = escape(obstacle_words(problem_text(variant.problem), only_fresh=only_fresh))
    told = f'<small title="{why}">{why}</small>' if why else ""
    name = f"<td>{escape(variant.title)}{told}</td>"
    return f"<tr{kind}>{name}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _change(value: int | None, before: int | None, write: Callable[[int], str]) -> str:
    """How far a cost is from the base's: `−2,112`."""
    if value is None or before is None or value == before:
        return ""
    return f"{'+' if value > before else '−'}{write(abs(value - before))}"


def _quantity(value: int | None) -> str:
    return fmt.quantity(value, "").strip()

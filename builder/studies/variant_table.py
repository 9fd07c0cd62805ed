"""The variants of a study as a table of exact numbers: one line for each."""

import csv
import io

from builder.studies.outcome import Results, VariantOutcome
from builder.studies.study import Study
from builder.studies.verdict import Comparison
from builder.studies.wording import row_words

COLUMNS = (
    *("variant", "seeds", "mean", "base_minus_variant", "low", "high", "p", "p_adjusted"),
    *("params", "macs", "seconds", "verdict"),
)
"""Differences are positive where the base is better."""


def variants_to_csv(study: Study, known: Results) -> str:
    """One line for each variant, with what it came to and what may be concluded."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key, row in known.variants.items():
        writer.writerow(_line(study, row, known.comparisons.get(key)))
    return file.getvalue()


def _line(study: Study, row: VariantOutcome, found: Comparison | None) -> tuple[object, ...]:
    _, seeds, verdict = row_words(row, found, study.objective)
    compared = (found.mean, found.low, found.high, found.p, found.adjusted) if found else ()
    numbers = [*compared, *[None] * (5 - len(compared))]
    seconds = sum(run.seconds for run in (*row.runs.values(), *row.fresh.values()))
    values = (seeds, row.reported_mean, *numbers, row.params, row.macs, seconds)
    return (row.title, *("" if value is None else value for value in values), verdict)

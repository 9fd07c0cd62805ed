"""A study as one file: HTML that opens anywhere, CSV or JSON."""

import csv
import io
import json
from html import escape

from builder.codegen.diagram.colors import BORDER, PRIMARY, RAISED, TEXT
from builder.studies.answers import answer
from builder.studies.curves import MOST_CURVES, curves, histories
from builder.studies.deleted import deleted_trainings, deleted_words
from builder.studies.figure_style import TEMPLATE, Figure
from builder.studies.figures import pictures
from builder.studies.outcome import Results, VariantOutcome
from builder.studies.study import Study
from builder.studies.verdict import Comparison
from builder.studies.wording import objective_words, row_words, standing_words

COLUMNS = (
    *("variant", "seed", "run", "state", "objective"),
    *("loss", "accuracy", "val_loss", "val_accuracy", "seconds", "params", "macs"),
)

_STYLE = f"""
body {{ font: 15px/1.5 system-ui, sans-serif; color: {TEXT["light"]}; margin: 2rem auto;
  max-width: 60rem; padding: 0 1.5rem; }}
h1 {{ font-size: 1.5rem; margin-bottom: 0.2rem; }}
h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: 0.35rem 0.7rem; border-bottom: 1px solid {BORDER["light"]}; }}
th {{ background: {RAISED["light"]}; }}
.n {{ text-align: right; white-space: nowrap; }}
a {{ color: {PRIMARY["light"]}; }}
pre {{ background: {RAISED["light"]}; padding: 1rem; overflow: auto; }}
"""


def to_html(study: Study, known: Results) -> str:
    """A report with picture, verdicts and settings; needs no other file and no network."""
    figures = _figures(study, known)
    standing = standing_words(known.standing, known.message)
    seeds = ", ".join(str(seed) for seed in study.seeds)
    compared = [(row, known.comparisons.get(key)) for key, row in known.variants.items()]
    body = "".join(_row(study, row, found) for row, found in compared)
    heads = ("variant", "params", "MACs", "mean", "seeds", "verdict")
    head = "".join(f'<th class="{_side(name)}">{name}</th>' for name in heads)
    settings = json.dumps(study.settings.values(), indent=2)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(study.title)}</title>
<style>{_STYLE}</style></head><body>
<h1>{escape(study.title)}</h1>
<p>{known.ended} of {known.planned} trainings, {escape(standing)}. Judged by
{escape(objective_words(study.objective))}; seeds {seeds}.</p>
<p>{escape(" ".join((*answer(study, known), *deleted_words(deleted_trainings(study, known)))))}</p>
{figures}
<h2>Variants</h2>
<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>
<p>{_METHOD}</p>
<h2>Settings</h2><pre>{escape(settings)}</pre>
</body></html>
"""


_METHOD = (
    "Seeds are paired: each fixes split, order, augmentation and initialization for all variants. "
    "Intervals are 95 % BCa bootstrap intervals of the mean paired difference. A difference is "
    "called real only if its interval excludes 0 and the exact sign-flip test, after Holm's "
    "correction over all variants, gives p &lt; 0.05."
)


def _figures(study: Study, known: Results) -> str:
    """The pictures under their titles; the first brings Plotly's script for all."""
    parts = [
        f"<h2>{escape(title)}</h2>\n"
        + figure.update_layout(template=TEMPLATE).to_html(
            full_html=False, include_plotlyjs=(number == 0)
        )
        for number, (title, figure) in enumerate(_titled(study, known).items())
    ]
    return "\n".join(parts)


def _titled(study: Study, known: Results) -> dict[str, Figure]:
    """The pictures by their titles: those of the question, then the first learning curves."""
    trained = [key for key, row in known.variants.items() if row.runs][:MOST_CURVES]
    noted = curves(histories(study, known, trained), study.objective.metric)
    return pictures(study, known) | ({"Learning curves": noted} if noted.data else {})


def _side(name: str) -> str:
    return "" if name in ("variant", "verdict") else "n"


def _row(study: Study, row: VariantOutcome, found: Comparison | None) -> str:
    mean, seeds, verdict = row_words(row, found, study.objective)
    numbers = [f"{cost:,}" if cost is not None else "" for cost in (row.params, row.macs)]
    cells = "".join(f'<td class="n">{cell}</td>' for cell in (*numbers, mean, seeds))
    return f"<tr><td>{escape(row.title)}</td>{cells}<td>{escape(verdict)}</td></tr>"


def to_csv(study: Study, known: Results) -> str:
    """One line for each training."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in known.variants.values():
        for seed, run in (*row.runs.items(), *row.fresh.items()):
            metrics = [run.metrics.get(name, "") for name in COLUMNS[5:9]]
            value = "" if run.value is None else run.value
            first = (row.title, seed, run.run, run.state, value)
            writer.writerow((*first, *metrics, run.seconds, row.params, row.macs))
    return file.getvalue()


def to_json(study: Study, known: Results) -> str:
    """All that is known, with what was asked."""
    asked = {
        "id": study.id,
        "title": study.title,
        "question": study.question,
        "seeds": list(study.seeds),
        "objective": study.objective.values(),
        "strategy": study.strategy.values(),
        "settings": study.settings.values(),
        "factors": [factor.values() for factor in study.factors],
    }
    return json.dumps(asked | {"results": known.values()}, indent=2) + "\n"

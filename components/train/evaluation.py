"""The evaluation: the confusion matrix, each class's figures, and the worst mistakes."""

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

import numpy as np
import streamlit as st

from builder.analysis.evaluation import (
    EVALUATION,
    ClassFigures,
    Evaluation,
    class_figures,
    frequent_confusions,
    load,
    one_class_only,
    one_class_words,
    why_unreadable,
)
from builder.analysis.prediction import class_names
from builder.analysis.predictions import Predicted, read_predictions
from builder.runs.outcome import evaluated
from builder.runs.run_folder import Run
from builder.system.level import Level
from components.shell import format as fmt
from components.shell import notice
from components.train import confused_files
from components.train.pictures import data_url

MAX_NUMBERED = 20
"""The most classes for which the matrix has room for numbers."""

NUM_PAIRS = 12


def draw(run: Run) -> None:
    """Draws the run's evaluation; nothing if the training did not come that far."""
    evaluation = load(run.folder)
    why = "" if evaluation else why_unreadable(run.folder)
    if why:
        notice(Level.WARNING, f"{EVALUATION} of this run cannot be read: {why}.")
    if evaluation is None or evaluation.num_images == 0:
        return
    names = class_names(run, evaluation.num_classes)
    rows = read_predictions(run.folder)
    st.html(f"<style>{_style_sheet()}</style>")
    with st.container(key="cs-evaluation"):
        st.html(
            f"<h4>On the validation images</h4><p>{_summary(run, evaluation)}</p>"
            f"{_one_class(evaluation, names)}"
            f'<div class="cs-evaluation">{_matrix(evaluation, names)}'
            f"{_classes(class_figures(evaluation.confusion), names)}</div>"
        )
        confused_files.draw(run, rows)
        st.html(_mistakes(evaluation, names, rows))


def _one_class(evaluation: Evaluation, names: list[str]) -> str:
    found = one_class_only(evaluation.confusion)
    if found is None:
        return ""
    return f'<p class="cs-one-class">{escape(one_class_words(found, names))}</p>'


def _summary(run: Run, evaluation: Evaluation) -> str:
    right = evaluation.num_images - evaluation.num_mistakes
    return (
        f"{_which_model(run)} gets <b>{right:,}</b> of {evaluation.num_images:,} images right "
        f"({fmt.percent(right / evaluation.num_images)})."
    )


def _which_model(run: Run) -> str:
    """Says which of the run's models was evaluated."""
    which = evaluated(run)
    if which is None:
        return "The saved model"
    model, epoch = which
    return f"The {model} model, of epoch {epoch:,},"


def _matrix(evaluation: Evaluation, names: list[str]) -> str:
    if len(names) > MAX_NUMBERED:
        return _picture(evaluation, names)
    heads = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{_row(evaluation, index, names)}</tr>'
        for index, name in enumerate(names)
    )
    return (
        '<div class="cs-scroll"><table class="cs-confusion">'
        "<caption>Confusion matrix: a row for each class, a column for what it was taken for"
        f"</caption><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(evaluation: Evaluation, true: int, names: list[str]) -> str:
    """The cells of a class, each as strong as its share; of small shares as of their roots."""
    counts = evaluation.confusion[true]
    total = max(int(counts.sum()), 1)
    strengths = np.where(np.arange(len(counts)) == true, counts / total, np.sqrt(counts / total))
    return "".join(
        f'<td class="{"cs-right" if true == chosen else "cs-wrong"}"'
        f' style="--share:{strengths[chosen]:.3f}"'
        f' title="{int(count):,} of {total:,} images of {escape(names[true])}'
        f' were taken for {escape(names[chosen])}">{f"{int(count):,}" if count else ""}</td>'
        for chosen, count in enumerate(counts)
    )


def _picture(evaluation: Evaluation, names: list[str]) -> str:
    """Of many classes the matrix as a picture, and the pairs that are confused most in words."""
    confusion = evaluation.confusion
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    levels = (255 * np.sqrt(shares)).astype(np.uint8)[..., np.newaxis]
    pairs = "".join(
        f"<tr><td>{escape(names[true])}</td><td>{escape(names[chosen])}</td><td>{count:,}</td></tr>"
        for true, chosen, count in frequent_confusions(confusion, NUM_PAIRS)
    )
    return (
        f'<div class="cs-many"><figure><img src="{data_url(levels)}" alt="Confusion matrix of'
        f' {len(names)} classes"><figcaption>Confusion matrix: a row for each class, a column for'
        " what it was taken for; the lighter, the larger the share</figcaption></figure>"
        '<table class="cs-table"><caption>Confused most</caption><thead><tr><th>class</th>'
        f"<th>taken for</th><th>images</th></tr></thead><tbody>{pairs}</tbody></table></div>"
    )


def _classes(figures: list[ClassFigures], names: list[str]) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{known.support:,}</td>{_share(known.precision)}"
        f"{_share(known.recall)}{_share(known.f1)}</tr>"
        for name, known in zip(names, figures, strict=True)
    )
    return (
        '<div class="cs-classes" tabindex="0"><table class="cs-table"><thead><tr><th>class</th>'
        '<th>images</th><th title="Of the images taken for the class, the share that is of it">'
        'precision</th><th title="Of the images of the class, the share taken for it">recall</th>'
        '<th title="The harmonic mean of precision and recall">F1</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _share(share: float | None) -> str:
    if share is None:
        return f'<td title="no image to count">{fmt.UNKNOWN}</td>'
    return f"<td>{fmt.percent(share)}</td>"


def _mistakes(evaluation: Evaluation, names: list[str], rows: Sequence[Predicted]) -> str:
    """The pictures that the model got wrong with the greatest certainty."""
    shown = len(evaluation.images)
    if not shown:
        return '<p class="cs-none">No image was taken for another class.</p>'
    tiles = "".join(
        f'<figure><img src="{data_url(image)}" alt=""><figcaption><b>{escape(names[true])}</b>'
        f" taken for <b>{escape(names[chosen])}</b> <small>{fmt.percent(certainty)} sure</small>"
        f"{_file(label)}</figcaption></figure>"
        for image, true, chosen, certainty, label in zip(
            evaluation.images,
            evaluation.true,
            evaluation.chosen,
            evaluation.certainty,
            _labels(evaluation, rows),
            strict=True,
        )
    )
    words = fmt.plural(evaluation.num_mistakes, "mistake")
    rest = f"the {shown} worst of " if shown < evaluation.num_mistakes else ""
    heading = f"{rest}{words}, the surest first"
    return f'<h4>{heading[0].upper()}{heading[1:]}</h4><div class="cs-mistakes">{tiles}</div>'


def _labels(evaluation: Evaluation, rows: Sequence[Predicted]) -> list[str]:
    """What the images of the worst mistakes are called; empty where that is not known."""
    known = [rows[place].label for place in evaluation.places if place < len(rows)]
    return known if len(known) == len(evaluation.images) else [""] * len(evaluation.images)


def _file(label: str) -> str:
    """The file's name, of a long path its end; the whole path on hover."""
    if not label:
        return ""
    return (
        f'<span class="cs-file" title="{escape(label)}">{escape(label.rpartition("/")[2])}</span>'
    )


@cache
def _style_sheet() -> str:
    return (Path(__file__).parent / "evaluation.css").read_text(encoding="utf-8")

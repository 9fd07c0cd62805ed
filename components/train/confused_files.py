"""From a count of the confusion matrix to its images: which files, or which numbers."""

from collections import Counter
from collections.abc import Sequence
from html import escape

import streamlit as st

from builder.analysis.predictions import Predicted
from builder.runs.run_folder import Run
from components.shell import format as fmt

MAX_LISTED = 200


def draw(run: Run, rows: Sequence[Predicted]) -> None:
    """Draws the choice of a pair of classes and its images; nothing where none is known."""
    wrong = [row for row in rows if row.true != row.chosen and row.label]
    if not wrong:
        return
    pairs = [pair for pair, _ in Counter((row.true, row.chosen) for row in wrong).most_common()]
    counts = Counter((row.true, row.chosen) for row in wrong)
    with st.container(key="cs-confused"):
        pair = st.selectbox(
            "Which images were taken for another class",
            pairs,
            index=None,
            placeholder="Choose two classes",
            format_func=lambda pair: f"{pair[0]} taken for {pair[1]} ({counts[pair]:,})",
            key=f"cs-confused-{run.id}",
            width=380,
        )
        if pair is not None:
            st.html(_list([row for row in wrong if (row.true, row.chosen) == pair]))


def _list(rows: list[Predicted]) -> str:
    """The images by their certainty, the surest first."""
    rows = sorted(rows, key=lambda row: -row.probability)
    more = len(rows) - MAX_LISTED
    items = "".join(
        f"<li>{escape(row.label)} <small>{fmt.percent(row.probability)} sure</small></li>"
        for row in rows[:MAX_LISTED]
    )
    rest = f"<li>{more:,} more in the table of predictions</li>" if more > 0 else ""
    return f'<ol class="cs-files" tabindex="0">{items}{rest}</ol>'

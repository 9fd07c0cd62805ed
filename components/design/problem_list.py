"""Issues of a network in a list: each with the block to blame and the edit that mends it."""

from collections.abc import Callable

import streamlit as st

from builder.documents.session import DocumentState
from builder.network.inference import Inference
from builder.system.level import Level
from builder.transforms.issue_fixes import issue_fixes
from components.design import fixes
from components.design.labels import literal, sentence
from components.shell import notice


def draw(
    document: DocumentState,
    inference: Inference,
    select: Callable[[str], None],
    help: str,
    *,
    errors_only: bool = False,
    most: int | None = None,
) -> None:
    """Draws issues.

    Args:
        document: Whose network it is.
        inference: What is known of the network.
        select: What a press of a block's name does; takes the node's id.
        help: The same in words.
        errors_only: Leaves warnings out.
        most: Issues that are drawn; None for all.
    """
    found = zip(inference.issues, issue_fixes(inference.architecture), strict=True)
    shown = [each for each in found if not errors_only or each[0].level is Level.ERROR]
    with st.container(key="cs-problem-list"):
        for number, (issue, fix) in enumerate(shown[:most]):
            with st.container(
                key=f"cs-problem-{number}", horizontal=True, vertical_alignment="center"
            ):
                node = document.architecture.by_id.get(issue.node)
                if node is not None and st.button(
                    literal(node.label), key=f"cs-problem-select-{number}", help=help
                ):
                    select(node.id)
                notice(issue.level, sentence(issue.message), sentence(issue.fix))
                if fix is not None:
                    fixes.offer(document, fix, key=f"cs-problem-fix-{number}")
        if most is not None and len(shown) > most:
            st.caption(f"and {len(shown) - most:,} more, in the list of problems on Design")

"""The menu of the inspector in which parts of the selected block are ticked for an ablation."""

import streamlit as st


def draw(document: str, node: str) -> None:
    """Draws the menu; what is ticked is what the next ablation of the network takes out.

    Args:
        document: The document's id.
        node: The id of the selected node.
    """
    menu = st.popover(
        "Worth…",
        type="tertiary",
        key="cs-worth-menu",
        on_change="rerun",
        help="Tick what is taken out of this block, to find out what it is worth",
    )
    if not menu.open:
        return
    from components.studies import worth_list  # what studies need would slow down the first page

    with menu, st.container(key="cs-worth-list"):
        worth_list.draw(document, node)

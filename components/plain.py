"""Data for our components, in a form that Streamlit passes on unchanged."""

from collections.abc import Mapping
from typing import Any


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Gives data for a component without lists on the first level; the browser gets the same.

    Streamlit asks of each list and each dict there whether it is a table. For that it imports
    pandas, which takes a third of a second of the first page and 40 MB, and looks through them
    at every run. Tuples, numbers and texts it leaves alone.
    """
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }

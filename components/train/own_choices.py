"""What a person chose in the dialog of their images, for when its boxes are drawn anew.

While images are stored or looked at once more the boxes are not drawn, and Streamlit forgets them.
What was chosen becomes the default of the next ones: see `forms.widget_key` on defaults.
"""

from collections.abc import Sequence
from typing import Any, TypeVar, cast

import streamlit as st

T = TypeVar("T")

_LAST = "cs-own-last"
_BOXES = tuple(
    f"cs-own-{name}" for name in ("title", "size", "height", "width", "color", "fit", "leave-out")
)
_VALUES = "cs-own-values"


def keep(*, with_values: bool) -> None:
    """Notes what is chosen now.

    Args:
        with_values: Whether the ranges of values are kept as well; they are those of the images
            that were found.
    """
    prefixes = (*_BOXES, _VALUES) if with_values else _BOXES
    st.session_state[_LAST] = {
        key: value
        for key, value in st.session_state.items()
        if isinstance(key, str) and key.startswith(prefixes)
    }


def forget() -> None:
    """Forgets it: other images come."""
    st.session_state.pop(_LAST, None)


def last(key: str, default: T) -> T:
    """What was chosen in a box, else its usual default."""
    return cast(T, st.session_state.get(_LAST, {}).get(key, default))


def index(key: str, options: Sequence[Any], default: int = 0) -> int:
    """The place of what was chosen among the options, where it is still one, else the default."""
    chosen = last(key, None)
    return options.index(chosen) if chosen in options else default

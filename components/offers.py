"""Files that are written in the moment in which a browser fetches them.

A button of Streamlit's gives its file a new address each time it is drawn, and forgets the address
before: a press in the moment of a redrawing comes to nothing. Here a content has one address,
which is good for as long as it is among the newest.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from html import escape

import streamlit as st

from components.scripts import ADDRESS

KEPT = 500

_Key = tuple[str, Hashable]


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that can be fetched.

    Attributes:
        name: Under which the browser saves it.
        media_type: Its MIME type.
        write: Gives its content; raises a BuilderError where there is none.
    """

    name: str
    media_type: str
    write: Callable[[], str]


_offers: "OrderedDict[_Key, tuple[str, Offer]]" = OrderedDict()
_by_id: dict[str, Offer] = {}
_lock = threading.Lock()


def draw_link(label: str, subject: Hashable, made: Offer) -> None:
    """Draws a link that looks like a button and downloads a file.

    Args:
        label: What stands on it.
        subject: What the file's content depends on, beside its name.
        made: The file.
    """
    address = f"{ADDRESS}/offers/{offer(subject, made)}"
    link = f'<a class="cs-button" href="{escape(address)}" download>{escape(label)}</a>'
    st.html(link, width="content")


def offer(subject: Hashable, made: Offer) -> str:
    """Offers a file.

    Args:
        subject: What its content depends on, beside its name.
        made: The file.

    Returns:
        Its id, which cannot be guessed; the same for the same subject and name.
    """
    key = made.name, subject
    with _lock:
        known = _offers.get(key) or (secrets.token_urlsafe(16), made)
        _offers[key] = known
        _offers.move_to_end(key)
        _by_id[known[0]] = known[1]
        while len(_offers) > KEPT:
            _, (oldest, _) = _offers.popitem(last=False)
            del _by_id[oldest]
    return known[0]


def find(offer_id: str) -> Offer | None:
    """The file of an id; None where there is none, or no longer."""
    return _by_id.get(offer_id)

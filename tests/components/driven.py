"""Pages of the app driven without a browser: opening one, and looking at what it shows."""

import re
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.app_server import ROOT

APP = str(ROOT / "app.py")


def opened(page: str, **query: str) -> AppTest:
    """Opens a page by its file's name in `components/pages`, such as "train".

    Args:
        page: The page.
        query: What its address holds; empty values are left out.
    """
    at = AppTest.from_file(APP, default_timeout=60).run()
    at.switch_page(f"components/pages/{page}.py")
    at.query_params.clear()
    for name, value in query.items():
        if value:
            at.query_params[name] = value
    return settled(at.run())


def settled(at: AppTest) -> AppTest:
    """The page, which must not have failed."""
    assert not at.exception, at.exception
    return at


def texts(at: AppTest) -> str:
    """All that stands in the page's own elements, without style sheets."""
    shown: Any = at.get("html")
    whole = "\n".join(each.proto.body for each in shown)
    return re.sub(r"<style>.*?</style>", "", whole, flags=re.S)


def button(at: AppTest, key: str) -> Any:
    """The button of that key; None where there is none."""
    return next((each for each in at.button if each.key == key), None)


def unfold(at: AppTest, title: str) -> AppTest:
    """Opens a section, which is drawn once it is open."""
    return _turn(at, title, True)


def fold(at: AppTest, title: str) -> AppTest:
    """Shuts a section."""
    return _turn(at, title, False)


def _turn(at: AppTest, title: str, is_open: bool) -> AppTest:
    section = next(one for one in at.expander if one.label == title)
    at.session_state[section.proto.id.split("-", 2)[2]] = is_open
    return settled(at.run())

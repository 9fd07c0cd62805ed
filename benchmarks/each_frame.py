"""Waits for what a page shows, looking at each frame.

A locator that has missed something looks again after 0.1 s, later after half a second, and so adds
time that the page did not take.
"""

from collections.abc import Mapping

from playwright.sync_api import Page

_ARE_THERE = """wanted => {
    const shadows = [...document.querySelectorAll("*")].map((each) => each.shadowRoot);
    const roots = [document, ...shadows.filter((root) => root)];
    const num = (what) => roots.reduce((sum, root) => sum + root.querySelectorAll(what).length, 0);
    return Object.entries(wanted).every(([what, least]) => num(what) >= least);
}"""


def wait_for(page: Page, wanted: Mapping[str, int]) -> None:
    """Waits until the page has at least so many elements of each CSS selector."""
    page.wait_for_function(_ARE_THERE, arg=dict(wanted), polling="raf", timeout=60_000)

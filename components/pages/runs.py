"""The Runs page."""

from components.runs import page

page.draw()

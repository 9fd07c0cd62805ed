"""The Train page."""

from components.train import page

page.draw()

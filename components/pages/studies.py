"""The Studies page."""

from components.studies import page

page.draw()

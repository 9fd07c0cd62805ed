"""The Design page."""

from components.design import page

page.draw()

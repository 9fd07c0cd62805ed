"""The data that a network learns from: published sets and a person's own images.

May import `system`. Begin with `published.py` (what is known of each set); `own_images/` reads what
a person uploads, and `own_images/shelf.py` keeps it.
"""

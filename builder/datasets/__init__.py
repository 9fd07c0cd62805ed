"""The training data: published sets and a person's own images.

May import `system`. Begin with `published.py` (facts about each set); `own_images/` reads what a
person uploads, and `own_images/shelf.py` stores it.
"""

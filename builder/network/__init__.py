"""Networks as immutable values: their graph, edits, shapes, costs and names.

May import `blocks`, `datasets` and `system`. Begin with `architecture.py` (the value), `edits.py`
(pure functions from one to the next) and `inference.py` (every shape, cost and issue).
"""

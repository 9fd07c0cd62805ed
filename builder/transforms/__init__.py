"""Whole networks changed on purpose: scaled, fitted to data, repaired.

Pure functions. May import `custom_blocks`, `network` and what is below them. Begin with
`scaling.py` (compound scaling), `head.py` (what a network ends in) and `value_flow.py` (values that
the first weights see).
"""

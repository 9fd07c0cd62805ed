"""Transforms whole networks: scales them, fits them to data, repairs them.

Pure functions. May import `custom_blocks`, `network` and what is below them. Begin with
`scaling.py` (compound scaling), `head.py` (the end of a network) and `value_flow.py` (the values
that reach the first weights).
"""

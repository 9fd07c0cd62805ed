"""The catalogue of blocks: layers, one file each, and modules, one function each.

May import `system`. Begin with `base.py` (what a block declares), `symbolic.py` (how a function is
traced) and one of `layers/`, say `max_pooling2d.py`.
"""

"""The diagram of a network, as a picture file.

Begin with `dot.py` (from a network to Graphviz's text) and `images.py` (from that to SVG, PNG and
PDF).
"""

"""Reads models that Keras saved as architectures: the configuration only, by an allowlist.

May import `files`, `documents` and what is below them. Begin with `opening.py`: a file is unpacked
(`archive.py`, `hdf5.py`), its graph read (`graph.py`), its layers mapped (`mapping.py`), the parts
of known modules folded (`folding.py`).
"""

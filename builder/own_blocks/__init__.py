"""A person's own blocks: nodes of an architecture, named, with chosen parameters exposed.

`definition.py` says what such a block is, `grouping.py` makes one of nodes and takes it apart
again, and `library.py` keeps them across documents.
"""

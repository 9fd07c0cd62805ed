"""A person's own blocks: nodes of an architecture, named, with chosen parameters exposed.

`definition.py` says what such a block is, `grouping.py` makes one of nodes and takes it apart
again, `inside.py` opens one for editing, `changing.py` changes one wherever it stands, and
`library.py` keeps them across documents.
"""

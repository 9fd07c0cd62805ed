"""A person's own blocks: nodes of a network, named, with chosen parameters exposed.

May import `network` and what is below it. `network/own_block.py` defines such a block;
`grouping.py` makes one from nodes and takes it apart, `inside.py` opens one for editing, and
`changing.py` changes one wherever it stands.
"""
